import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Bench, type Check, ensure } from '../check.ts';
import { packageWith } from '../packaged.ts';
import { tryProgram } from '../program.ts';

const regionsMin = 3;

export const template: Check = {
  id: 'cfn-lint',
  claim: 'The packaged CloudFormation template of each Region is clean',
  run: (bench) => lint(bench, bench.packaged.templates),
};

/** Everything that is off by default: the plain table, keys of one's own, an experiment; and no dashboard. */
const options = [
  ['--consistency', 'eventual'],
  ['--encryption', 'customer'],
  ['--dashboard', 'off'],
  ['--game-day-subnets', 'app=shop'],
].flat();

/** Packaged in the place of the others: functions are the same, whatever the options. */
export const templateWithOptions: Check = {
  id: 'cfn-lint-options',
  claim: 'So is the template of each Region with every option that is off by default',
  async run(bench) {
    const templates = await packageWith(options);
    const seen = await lint(bench, templates);
    const open = (await Promise.all(templates.map(({ file }) => logsWithoutKey(file)))).flat();
    ensure(open.length === 0, `logs without the key of one's own: ${open.join(', ')}`);
    return `${options.join(' ')}: ${seen}; all logs are under the key of one's own`;
  },
};

/** osls makes the log groups of functions, so only what it has packaged tells whether the key is theirs, too. */
async function logsWithoutKey(file: string): Promise<readonly string[]> {
  const { Resources } = JSON.parse(await readFile(file, 'utf8')) as {
    readonly Resources: Readonly<Record<string, { readonly Type: string; readonly Properties?: object }>>;
  };
  return Object.entries(Resources).flatMap(([id, { Properties = {}, Type }]) =>
    Type === 'AWS::Logs::LogGroup' && !('KmsKeyId' in Properties) ? [id] : [],
  );
}

async function lint({ programs }: Bench, templates: Bench['packaged']['templates']): Promise<string> {
  ensure(templates.length >= regionsMin, `there are only ${templates.length} packaged templates`);
  for (const { file, region } of templates) {
    const args = ['--regions', region, '--non-zero-exit-code', 'warning', '--template', file];
    const { code, output } = await tryProgram(join(programs, 'cfn-lint'), args, { timeoutMs: 120_000 });
    ensure(code === 0, `${region}: ${output.trim()}`);
  }
  return `${templates.map(({ region }) => region).join(', ')}: no finding, warnings included`;
}
