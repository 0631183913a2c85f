import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Parameters, sites } from '../../deploy/deployment.ts';
import { deploymentOf, Manifest, manifestPath } from '../../deploy/load.ts';
import { stackOf } from '../../deploy/stack.ts';
import { type Bench, type Check, ensure } from '../check.ts';
import { tryProgram } from '../program.ts';

export const template: Check = {
  id: 'cfn-lint',
  claim: 'The packaged CloudFormation template of each Region is clean',
  async run(bench) {
    const { templates } = bench.packaged;
    ensure(templates.length >= sites.length, `there are only ${templates.length} packaged templates`);
    for (const { file, region } of templates) await lint(bench, region, file);
    return `${templates.map(({ region }) => region).join(', ')}: no finding, warnings included`;
  },
};

/** Everything that is off by default: the other table, keys of one's own, an experiment. */
const options: Parameters = {
  consistency: 'eventual',
  encryption: 'customer',
  dashboard: 'off',
  gameDaySubnets: 'app=shop',
};

export const templateWithOptions: Check = {
  id: 'cfn-lint-options',
  claim: 'So is the template of each Region with every option that is off by default',
  async run(bench) {
    const manifest = Manifest.parse(JSON.parse(await readFile(manifestPath, 'utf8')));
    const types = new Set<string>();
    for (const site of sites) {
      const stack = stackOf(await deploymentOf(manifest, site, options));
      const packaged = bench.packaged.templates.find(({ region }) => region === stack.region);
      ensure(packaged !== undefined, `nothing is packaged for ${stack.region}`);
      // Functions and their logs are osls's, and the same; everything else is derived anew.
      const { Resources, ...others } = JSON.parse(await readFile(packaged.file, 'utf8'));
      const { Dashboard: _none, ...kept } = Resources;
      const file = join(bench.workplace.directory, `${stack.region}.template.json`);
      await writeFile(file, JSON.stringify({ ...others, Resources: { ...kept, ...stack.resources.Resources } }));
      await lint(bench, stack.region, file);
      for (const { Type } of Object.values(stack.resources.Resources)) types.add(Type);
    }
    for (const type of ['AWS::KMS::Key', 'AWS::FIS::ExperimentTemplate'])
      ensure(types.has(type), `no ${type} was made`);
    return `${JSON.stringify(options)}: no finding, warnings included`;
  },
};

async function lint({ programs }: Bench, region: string, file: string): Promise<void> {
  const args = ['--regions', region, '--non-zero-exit-code', 'warning', '--template', file];
  const { code, output } = await tryProgram(join(programs, 'cfn-lint'), args, { timeoutMs: 120_000 });
  ensure(code === 0, `${region}: ${output.trim()}`);
}
