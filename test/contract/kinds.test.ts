import { describe, expect, it } from 'vitest';
import { phases } from '../../shared/domain/phase.ts';
import { kindOf, registry } from '../../shared/kinds/registry.ts';
import { actionsIn } from './commands.ts';
import { filesOf, textOf } from './files.ts';

const folders = [...new Set(filesOf('shared/kinds/*/*').map((path) => path.split('/')[2] ?? ''))];

it('the folders in shared/kinds are the kinds of the registry', () => {
  expect(folders).toEqual(Object.keys(registry).sort());
});

describe.each(folders)('%s', (folder) => {
  it('is five files, and besides at most pure parts of its check', () => {
    const five = ['README.md', 'aws.ts', 'check.ts', 'index.ts', 'spec.ts'];
    const files = filesOf(`shared/kinds/${folder}/**`).map((path) => path.slice(`shared/kinds/${folder}/`.length));
    expect(files.filter((file) => five.includes(file))).toEqual(five);
    const parts = files.filter((file) => file !== '' && !five.includes(file));
    const check = textOf(`shared/kinds/${folder}/check.ts`);
    expect(parts.filter((part) => !check.includes(`from './${part}'`))).toEqual([]);
  });

  it('calls itself by the name of its folder and takes part in phases that exist', async () => {
    const kind = await kindOf(folder);
    expect(kind.id).toBe(folder);
    expect(phases).toEqual(expect.arrayContaining([...kind.phases]));
    expect(kind.phases.length).toBeGreaterThan(0);
  });

  it('declares exactly the IAM actions of the commands that it sends', async () => {
    const kind = await kindOf(folder);
    expect([...kind.iam].sort()).toEqual(actionsIn(`shared/kinds/${folder}/aws.ts`));
  });

  it('explains its phases, its permissions and its refusals in its README', async () => {
    const { iam, phases: served } = await kindOf(folder);
    const refusals = textOf(`shared/kinds/${folder}/check.ts`).matchAll(/refuse\('([a-z-]+)'/g);
    const readme = textOf(`shared/kinds/${folder}/README.md`);
    const wanted = [...served, ...iam, ...[...refusals].map(([, refusal]) => refusal ?? '')];
    expect(wanted.filter((word) => !readme.includes(word))).toEqual([]);
  });
});
