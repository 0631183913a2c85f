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
  run: async (bench) => `${options.join(' ')}: ${await lint(bench, await packageWith(options))}`,
};

async function lint({ programs }: Bench, templates: Bench['packaged']['templates']): Promise<string> {
  ensure(templates.length >= regionsMin, `there are only ${templates.length} packaged templates`);
  for (const { file, region } of templates) {
    const args = ['--regions', region, '--non-zero-exit-code', 'warning', '--template', file];
    const { code, output } = await tryProgram(join(programs, 'cfn-lint'), args, { timeoutMs: 120_000 });
    ensure(code === 0, `${region}: ${output.trim()}`);
  }
  return `${templates.map(({ region }) => region).join(', ')}: no finding, warnings included`;
}
