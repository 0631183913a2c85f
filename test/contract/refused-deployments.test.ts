import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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

  it('a plan that is not there', () => {
    expect(deploy(example, '--plan', join(folder, 'missing.yml')).status).toBe(2);
  });

  it('and says so when there are no credentials: nothing can be created then either', () => {
    const { status, stderr } = deploy(example);
    expect(status).toBe(1);
    expect(stderr).toContain('CredentialsProviderError');
  });
});
