import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { functionNames } from '../../deploy/bundles.ts';
import { type Site, sites } from '../../deploy/deployment.ts';
import { deploymentOf, Manifest, manifestPath } from '../../deploy/load.ts';
import { stackOf } from '../../deploy/stack.ts';
import { secretsIn } from '../../shared/domain/secrets.ts';
import { example, parameters } from './stacks.ts';

const secondsMax = 120;
const initialKilobytesMax = 300;

const read = (path: string): string => readFileSync(path, 'utf8');
const templateOf = (site: Site): string =>
  read(`dist/packages/${example.regions[site]}/cloudformation-template-update-stack.json`);
const filesOf = (name: string): readonly string[] =>
  readdirSync(`dist/functions/${name}`).map((file) => `dist/functions/${name}/${file}`);

/** Real osls, real esbuild; no credentials, and a network that leads nowhere. */
beforeAll(() => {
  const { PATH = '' } = process.env;
  const env = { PATH, HOME: '/nonexistent', HTTPS_PROXY: 'http://127.0.0.1:1', HTTP_PROXY: 'http://127.0.0.1:1' };
  const { status, stderr } = spawnSync(process.execPath, ['tools/package.ts', '--stage', 'prod'], {
    env,
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(stderr);
}, secondsMax * 1000);

describe.each(sites)('the packaged template of %s', (site) => {
  it('has every resource that was derived, as it was derived', async () => {
    const manifest = Manifest.parse(JSON.parse(read(manifestPath)));
    const derived = stackOf(await deploymentOf(manifest, site, parameters)).resources.Resources;
    expect(JSON.parse(templateOf(site)).Resources).toMatchObject(JSON.parse(JSON.stringify(derived)));
  });

  it('adds nothing but functions, their logs, and the bucket they are deployed from', async () => {
    const manifest = Manifest.parse(JSON.parse(read(manifestPath)));
    const derived = stackOf(await deploymentOf(manifest, site, parameters)).resources.Resources;
    const all = JSON.parse(templateOf(site)).Resources as Record<string, { readonly Type: string }>;
    const added = Object.entries(all).filter(([id]) => !(id in derived));
    expect(new Set(added.map(([, { Type }]) => Type))).toEqual(
      new Set(['AWS::Lambda::Function', 'AWS::Logs::LogGroup', 'AWS::S3::Bucket', 'AWS::S3::BucketPolicy']),
    );
  });

  it('runs every function on Node 24 and arm64, each with a role of its own, and keeps its log for a while', () => {
    const all = Object.values(JSON.parse(templateOf(site)).Resources) as { Type: string; Properties: object }[];
    const functions = all.filter(({ Type }) => Type === 'AWS::Lambda::Function');
    expect(functions.length).toBeGreaterThan(0);
    for (const { Properties } of functions) {
      expect(Properties).toMatchObject({ Runtime: 'nodejs24.x', Architectures: ['arm64'] });
    }
    for (const { Properties } of all.filter(({ Type }) => Type === 'AWS::Logs::LogGroup')) {
      expect(Properties).toMatchObject({ RetentionInDays: 90 });
    }
  });

  it('holds no secret', () => {
    expect(secretsIn(templateOf(site))).toEqual([]);
  });
});

describe.each(functionNames())('the bundle of %s', (name) => {
  it(`loads at most ${initialKilobytesMax} KB before the first event`, () => {
    expect(loadedBy(`dist/functions/${name}/index.mjs`) / 1000).toBeLessThanOrEqual(initialKilobytesMax);
  });

  it('holds no secret, and knows no STS', () => {
    for (const file of filesOf(name)) {
      expect(secretsIn(read(file))).toEqual([]);
      expect(read(file)).not.toContain('sts.amazonaws.com');
    }
  });

  it('answers a malformed event with its typed error, and logs no secret of it', () => {
    const webhook = ['https://hooks.slack', '.com/services/T/B/x'].join('');
    const { Thrown, stdout } = served(name, { application: 7, reason: webhook });
    expect(Thrown).toEqual({ name: 'TerminalError', code: 'MalformedEvent' });
    expect(secretsIn(stdout)).toEqual([]);
    expect(stdout).toContain('[an incoming webhook]');
  });
});

/** Bytes of a file and of all that it imports without waiting. */
function loadedBy(path: string, seen = new Set<string>()): number {
  if (seen.has(path)) return 0;
  seen.add(path);
  const text = read(path);
  const imports = [...text.matchAll(/\b(?:from|import)\s*"\.\/([\w-]+\.mjs)"/g)].map(([, file]) => file ?? '');
  const folder = path.slice(0, path.lastIndexOf('/'));
  return text.length + imports.reduce((sum, file) => sum + loadedBy(`${folder}/${file}`, seen), 0);
}

/** The packaged bundle itself, in a process of its own, with the environment that the template gives it. */
function served(name: string, event: unknown) {
  const script = `
    const { handler } = await import(${JSON.stringify(pathToFileURL(`dist/functions/${name}/index.mjs`).href)});
    const thrown = await handler(${JSON.stringify(event)}, { functionName: '${name}' }).catch((error) => error);
    process.stderr.write(JSON.stringify({ name: thrown?.name, code: thrown?.code }));`;
  const { stderr, stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
    cwd: `dist/functions/${name}`,
    env: {
      AWS_REGION: 'eu-central-1',
      UNDERSTUDY_TABLE: 't',
      UNDERSTUDY_PLANS: 'plans.json',
      UNDERSTUDY_STATE_MACHINE_ARN: 'a',
    },
    encoding: 'utf8',
  });
  return { Thrown: JSON.parse(stderr) as unknown, stdout };
}
