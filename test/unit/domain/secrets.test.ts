import { describe, expect, it } from 'vitest';
import { redacted, secretsIn } from '../../../shared/domain/secrets.ts';

/** Put together here, so that no file of the project holds one whole. */
const secrets = [
  ['https://hooks.slack', '.com/services/T000/B000/abcdef'],
  ['https://events.pagerduty', '.com/integration/0123456789abcdef/enqueue'],
  ['xox', 'b-1234567890-abcdefghij'],
  ['AKI', 'AIOSFODNN7EXAMPLE'],
  ['postgres://orders:', 'hunter2@db.example.com/orders'],
  ['-----BEGIN RSA PRIVATE', ' KEY-----\nMIIE'],
].map((parts) => parts.join(''));

describe('a secret', () => {
  it.each(secrets)('is found and taken out: %#', (secret) => {
    const text = `{"url":"${secret}","application":"shop"}`;
    expect(secretsIn(text)).toHaveLength(1);
    expect(redacted(text)).not.toContain(secret);
    expect(redacted(text)).toContain('"application":"shop"');
    expect(secretsIn(redacted(text))).toEqual([]);
  });
});

it.each([
  'https://orders.example.com/health',
  'https://orders.example.com:8080/lease',
  'arn:aws:sns:eu-west-1:123456789012:shop-failover',
  'arn:aws:secretsmanager:eu-west-1:123456789012:secret:shop/slack-AbCdEf',
  'http://127.0.1.1:8080/health and mail to someone@example.com',
])('what is none stays as it is: %s', (text) => {
  expect(secretsIn(text)).toEqual([]);
  expect(redacted(text)).toBe(text);
});
