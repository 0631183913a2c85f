import { expect, test } from 'vitest';
import type { JournalEntry } from '../../../shared/domain/journal.ts';
import { notificationOf } from '../../../shared/report/notification.ts';
import { entries, journal, run } from './sample.ts';

test('A recovered run says where, why, what was done and how long each step took.', () => {
  const { subject, body } = notificationOf(run, entries, 'recovered');
  expect(subject).toBe('shop recovered in eu-central-1');
  expect(body).toContain('shop left eu-west-1 and recovered in eu-central-1.');
  expect(body).toContain('Started by alarm: alarm shop-primary-unreachable in eu-central-1');
  expect(body).toMatch(/Detect +0\.412 s\n +Survey +0\.043 s/);
  expect(body).toContain('+0.742 s Promote: orders-database acted: the standby was 12 ms behind, the RPO allows 5 s');
  expect(body).not.toContain('May or may not have taken effect');
});

test('A stopped run gives its last refusal.', () => {
  const refused = journal([
    [500, 'promote', 'step-started', 'promote begins'],
    [510, 'promote', 'refused', '9 s behind, the RPO allows 1 s', 'orders-database'],
  ]).map((entry): JournalEntry => (entry.event === 'refused' ? { ...entry, refusal: 'replica-unusable' } : entry));
  const { subject, body } = notificationOf(run, refused, 'stopped');
  expect(subject).toBe('shop STOPPED on the way from eu-west-1 to eu-central-1');
  expect(body).toContain('the run stopped: Promote: 9 s behind, the RPO allows 1 s');
  expect(body).toMatch(/Promote +has not ended/);
});

test('A stopped run gives the refusal before Restore, and what Restore left.', () => {
  const stopped: readonly JournalEntry[] = [
    ...journal([
      [500, 'isolate', 'step-started', 'isolate begins'],
      [510, 'isolate', 'step-finished', 'orders in eu-west-1 does not answer'],
      [600, 'restore', 'step-finished', '1 of 2 effects undone; remains: orders-service'],
    ]),
  ].map((entry) =>
    entry.step === 'isolate' && entry.event === 'step-finished'
      ? { ...entry, refusal: 'isolation-unconfirmed' as const }
      : entry,
  );
  const { body } = notificationOf(run, stopped, 'stopped');
  expect(body).toContain('the run stopped: Isolate: orders in eu-west-1 does not answer');
  expect(body).toContain('Restore: 1 of 2 effects undone; remains: orders-service');
});

test('A held run asks for a person at once.', () => {
  const failed = journal([[700, 'verify', 'failed', 'TransientError: no answer']]);
  const { body, subject } = notificationOf(run, failed, 'held');
  expect(subject).toBe('shop HELD on the way from eu-west-1 to eu-central-1: act now');
  expect(body).toContain('the run is held: Verify: TransientError: no answer');
});

test('A run that did nothing says so.', () => {
  const { body } = notificationOf(run, [], 'stopped');
  expect(body).toContain('the journal gives no refusal and no failure');
  expect(body).toContain('  No step ran.');
  expect(body).toContain('  Nothing was changed.');
});

test.each([
  ['acted', 0],
  ['rejected', 0],
  ['settled', 0],
  ['undone', 0],
  ['waiting', 1],
  ['failed', 1],
] as const)('An intent followed by "%s" leaves %i effects uncertain.', (event, uncertain) => {
  const lines = journal([
    [500, 'promote', 'intended', 'the standby is close behind', 'orders-database'],
    [520, 'promote', event, 'x', 'orders-database'],
    [530, 'promote', 'acted', 'x', 'another'],
  ]);
  const { body } = notificationOf(run, lines, 'stopped');
  expect(body.split('May or may not have taken effect')).toHaveLength(1 + uncertain);
});

test('The subject is what SNS takes: one line of ASCII, below 100 characters.', () => {
  const application = `caf\u00e9\r\nBcc: x\u{1f600} ${'a'.repeat(200)}`;
  const { subject } = notificationOf({ ...run, application }, entries, 'recovered');
  expect(subject).toMatch(/^[\x20-\x7e]{1,99}$/);
  expect(subject).toMatch(/^caf\? Bcc: x\? a+$/);
});

test('The body of the largest plan stays below the 256 KB of SNS.', () => {
  const many = journal(
    Array.from(
      { length: 5000 },
      (_, index) => [index, 'scale', 'intended', '\u{1f600}'.repeat(2000), `r${index}`] as const,
    ),
  );
  const acted = many.map((entry) => ({ ...entry, event: 'acted' as const, resource: 'other' }));
  const { body } = notificationOf(run, [...many, ...acted], 'stopped');
  expect(Buffer.byteLength(body)).toBeLessThan(256 * 1024);
  expect(body.match(/… and 4,900 lines more in the journal/g)).toHaveLength(2);
});
