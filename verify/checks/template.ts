import { join } from 'node:path';
import { type Check, ensure } from '../check.ts';
import { tryProgram } from '../program.ts';

const regionsMin = 3;

export const template: Check = {
  id: 'cfn-lint',
  claim: 'The packaged CloudFormation template of each Region is clean',
  async run({ packaged: { templates }, programs }) {
    ensure(templates.length >= regionsMin, `there are only ${templates.length} packaged templates`);
    for (const { file, region } of templates) {
      const args = ['--regions', region, '--non-zero-exit-code', 'warning', '--template', file];
      const { code, output } = await tryProgram(join(programs, 'cfn-lint'), args, { timeoutMs: 120_000 });
      ensure(code === 0, `${region}: ${output.trim()}`);
    }
    return `${templates.map(({ region }) => region).join(', ')}: no finding, warnings included`;
  },
};
