import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, describe, expect, it } from 'vitest';
import { textOf } from './files.ts';

const folder = mkdtempSync(join(tmpdir(), 'understudy-refused-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** `npm run deploy`, with no credentials at hand: whoever gets as far as asking AWS fails with another code. */
function deploy(plan: string, ...others: readonly string[]) {
  const file = join(folder, 'plan.yml');
  writeFileSync(file, plan);
  const given = ['--stage', 'prod', '--plan', file, ...others];
  const env = { HOME: folder, AWS_EC2_METADATA_DISABLED: 'true' };
  return spawnSync(process.execPath, ['tools/deploy.ts', ...given], { env, encoding: 'utf8' });
}

/** The same with credentials, where DynamoDB has this table. @returns besides what was asked of AWS */
async function deployOver(table: object, ...others: readonly string[]) {
  const asked: unknown[] = [];
  const server = createServer((incoming, outgoing) => {
    asked.push(incoming.headers['x-amz-target']);
    outgoing.end(JSON.stringify({ Table: { TableName: 'understudy-shop-prod', ...table } }));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const env = { HOME: folder, AWS_ENDPOINT_URL: url, AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' };
  const child = spawn(process.execPath, ['tools/deploy.ts', '--stage', 'prod', ...others], { env });
  const [stderr, [status]] = await Promise.all([text(child.stderr), once(child, 'close')]);
  server.closeAllConnections();
  server.close();
  return { asked, status, stderr };
}

const example = textOf('plans/example.plan.yml');
const regions = 'regions: { primary: eu-west-1, recovery: eu-central-1, witness: eu-west-3 }';
const webhook = ['https://hooks.slack', '.com/services/T/B/x'].join('');

describe('npm run deploy refuses, with the field and a remedy, before it asks AWS or creates anything', () => {
  it.each([
    ['a plan for other Regions', example.replace(regions, regions.replace('eu-west-3', 'us-east-1')), 'regions:'],
    ['an unknown kind', example.replace('kind: ecs-service', 'kind: mainframe'), '.kind:'],
    ['a missing witness', example.replace(', witness: eu-west-3', ''), 'regions.witness:'],
    ['an invalid plan', example.replace('rpoSeconds: 60', 'rpoSeconds: soon'), 'objectives.rpoSeconds:'],
    ['a secret in a plan', example.replace('https://orders.example.com\n', `${webhook}\n`), '.publicUrl:'],
  ])('%s', (_what, plan, field) => {
    expect(plan).not.toBe(example);
    const { status, stderr, stdout } = deploy(plan);
    expect(status).toBe(2);
    expect(stderr).toContain(field);
    expect(stderr).toContain('→');
    expect(stdout).toBe('');
  });

  it.each([
    ['a parameter that does not exist', ['--region', 'eu-west-1']],
    ['a mode of the table that does not exist', ['--consistency', 'perhaps']],
    ['a stage that is no name', ['--stage', 'Not A Stage']],
  ])('%s', (_what, others) => {
    const { status, stdout } = deploy(example, ...others);
    expect(status).toBe(2);
    expect(stdout).toBe('');
  });

  it('a plan that is not there, with what to do about it', () => {
    const { status, stderr } = deploy(example, '--plan', join(folder, 'missing.yml'));
    expect(status).toBe(2);
    expect(stderr).toMatch(/--plan: cannot be read.*\n *→ .*plans\/example\.plan\.yml/);
  });

  it('but nothing of who only asks for help', () => {
    const { status, stdout } = deploy(example, '--help');
    expect(status).toBe(0);
    expect(stdout).toContain('usage: npm run deploy');
  });

  /** As DynamoDB describes a global table, seen from eu-west-1. */
  const strong = {
    MultiRegionConsistency: 'STRONG',
    Replicas: [{ RegionName: 'eu-central-1' }],
    GlobalTableWitnesses: [{ RegionName: 'eu-west-3' }],
  };
  it.each([
    ['in the wrong mode', strong, ['--consistency', 'eventual'], '--consistency:'],
    ['without a witness', { ...strong, GlobalTableWitnesses: [] }, [], 'regions.witness:'],
    ['in other Regions', { ...strong, Replicas: [{ RegionName: 'eu-west-2' }] }, [], 'regions:'],
  ])(
    'a table that is there already, %s; it is described, and nothing else is asked',
    async (_what, table, others, field) => {
      const { asked, status, stderr } = await deployOver(table, ...others);
      expect(status).toBe(2);
      expect(stderr).toContain(field);
      expect(stderr).toContain('→');
      expect(asked).toEqual(['DynamoDB_20120810.DescribeTable']);
    },
  );

  it('and says so when there are no credentials: nothing can be created then either', () => {
    const { status, stderr } = deploy(example);
    expect(status).toBe(1);
    expect(stderr).toContain('CredentialsProviderError');
  });
});
