import { DynamoDBClient, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { beforeEach, describe, expect, it } from 'vitest';
import { RunRequest } from '../../shared/domain/run.ts';
import { parseClaim } from '../../shared/kinds/route53-health-check-flip/spec.ts';
import { textOf } from '../contract/files.ts';
import { primary, recovery, wantsToOpen } from '../support/sample-run.ts';
import { type SmallWorld, smallWorld, tableName } from '../support/small-world.ts';

const page = textOf('docs/runbook.md');
const blocks = (language: string): readonly string[] =>
  [...page.matchAll(new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``, 'g'))].map(([, text]) => text ?? '');

it.each(blocks('json'))('the input that is to be pasted is one: %s', (text) => {
  expect(Object.keys(JSON.parse(text)).filter((field) => !(field in RunRequest.shape))).toEqual([]);
  expect(RunRequest.parse(JSON.parse(text))).toMatchObject({ application: 'shop' });
});

it('every claim that it writes is one', () => {
  const variables: Readonly<Record<string, string>> = { N: '7', TO: recovery.region };
  const written = [...page.matchAll(/printf '%s' (\S+) > claim\.json/g)].map(([, text]) =>
    unquoted(text ?? '', variables),
  );
  expect(written.map((text) => parseClaim(text)?.active)).toEqual([false, true]);
});

/** As the shell does it: '…' as it stands, and between two of them a variable. */
const unquoted = (text: string, variables: Readonly<Record<string, string>>): string =>
  text.replaceAll(/'\$(\w+)'/g, (_, name: string) => variables[name] ?? '').replaceAll("'", '');

describe('the last resort', () => {
  const updates = [...page.matchAll(/table update-item [\s\S]*?(?=```|\n[a-z]+ )/g)].map(([text]) => text);
  const [stopAutomation = '', claimLease = '', grantLease = '', handOver = ''] = updates;
  let small: SmallWorld;
  beforeEach(() => {
    small = smallWorld();
  });

  const run = (text: string) => {
    const { clock, outsideIn } = small;
    const variables = {
      APP: 'shop',
      TO: recovery.region,
      E: '1',
      N: '2',
      NOW: String(clock.now()),
      SOON: String(clock.now() + 20_000),
    };
    const option = (name: string): string => {
      const [, value = ''] = new RegExp(`--${name} (.+?)(?= \\\\\\n| --|\\n|$)`).exec(text) ?? [];
      return unquoted(value, variables);
    };
    const command = new UpdateItemCommand({
      TableName: tableName,
      Key: JSON.parse(option('key')),
      UpdateExpression: option('update-expression'),
      ConditionExpression: option('condition-expression'),
      ExpressionAttributeValues: JSON.parse(option('expression-attribute-values')),
    });
    return outsideIn(recovery.region).client(DynamoDBClient, recovery.region).send(command);
  };

  it('takes the lock from an open run, claims the lease, grants it and hands the charge over', async () => {
    const { clock, coordinationIn } = small;
    const { lease, lock } = coordinationIn(recovery.region);
    await lease.begin('shop', { region: primary.region, epoch: 0 });
    const opening = await lock.open(wantsToOpen('run-1'));
    if (opening.status !== 'opened') throw new Error(opening.status);

    await run(stopAutomation);
    expect(await lock.hold(opening.run)).toBe(false);
    await run(claimLease);
    const held = await lease.read('shop');
    expect(held).toMatchObject({ region: primary.region, claimedBy: 'by-hand' });
    expect(held && (await lease.renew('shop', held, clock.now() + 1000))).toBeUndefined();
    await run(grantLease);
    expect(await lease.read('shop')).toEqual({ region: recovery.region, epoch: 2, expiresAt: clock.now() + 20_000 });
    await run(handOver);
    expect(await lock.charge('shop')).toEqual({ activeRegion: recovery.region, epoch: 2 });
  });

  it('does not take the lease from a newer run', async () => {
    const { lease } = small.coordinationIn(recovery.region);
    await lease.begin('shop', { region: primary.region, epoch: 5 });
    await expect(run(claimLease)).rejects.toMatchObject({ name: 'ConditionalCheckFailedException' });
  });

  it('comes in the right order: automation, fence, promotion, capacity, verification, traffic, charge', () => {
    const order = [
      'REMOVE currentRun',
      'claimedBy = :me',
      '--desired-count 0',
      'promote-read-replica',
      '--desired-count 4',
      'curl',
      'put-object --region $TO',
      'SET activeRegion',
    ];
    const at = order.map((text) => page.indexOf(text, page.indexOf('## The last resort')));
    expect(at).toEqual(at.toSorted((a, b) => a - b));
    expect(Math.min(...at)).toBeGreaterThan(0);
  });
});
