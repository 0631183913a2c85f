import { describe, expect, it } from 'vitest';
import { isReading } from '../../deploy/permissions.ts';
import { fillPlan } from '../../lab/gameday/fill-plan.ts';
import { traffics } from '../../lab/gameday/traffics.ts';
import { phases } from '../../shared/domain/phase.ts';
import { kindOf, registry } from '../../shared/kinds/registry.ts';
import { actionsIn, isOpen } from './commands.ts';
import { filesOf, textOf } from './files.ts';
import { example } from './stacks.ts';

const primary = { place: 'primary', region: 'eu-west-1' } as const;
const recovery = { place: 'recovery', region: 'eu-central-1' } as const;
/** The example knows one way to move traffic; the lab's plan is filled for each of them. */
const labValues = {
  primaryAddress: '127.0.1.1',
  recoveryAddress: '127.0.2.1',
  ordersPort: 8080,
  dnsPort: 5353,
  ttlSeconds: 1,
};
const labPlans = await Promise.all(traffics.map((traffic) => fillPlan({ ...labValues, withLease: true, traffic })));
const planned = [example, ...labPlans].flatMap(({ resources }) => resources);

const folders = [...new Set(filesOf('shared/kinds/*/*').map((path) => path.split('/')[2] ?? ''))];

it('the folders in shared/kinds are the kinds of the registry', () => {
  expect(folders).toEqual(Object.keys(registry).sort());
});

describe.each(folders)('%s', (folder) => {
  it('is five files, and besides at most pure parts of its check and parts of its border', () => {
    const five = ['README.md', 'aws.ts', 'check.ts', 'index.ts', 'spec.ts'];
    const files = filesOf(`shared/kinds/${folder}/**`).map((path) => path.slice(`shared/kinds/${folder}/`.length));
    expect(files.filter((file) => five.includes(file))).toEqual(five);
    const parts = files.filter((file) => file !== '' && !five.includes(file));
    const isImported = (part: string): boolean => {
      const isOfBorder = part.startsWith('aws-');
      const users = files.filter((one) => one.endsWith('.ts') && one !== part && one.startsWith('aws') === isOfBorder);
      return users.some((one) => textOf(`shared/kinds/${folder}/${one}`).includes(`from './${part}'`));
    };
    expect(parts.filter((part) => !isImported(part))).toEqual([]);
  });

  it('calls itself by the name of its folder and takes part in phases that exist', async () => {
    const kind = await kindOf(folder);
    expect(kind.id).toBe(folder);
    expect(phases).toEqual(expect.arrayContaining([...kind.phases]));
    expect(kind.phases.length).toBeGreaterThan(0);
  });

  it('declares exactly the IAM actions of the commands that it sends', async () => {
    const kind = await kindOf(folder);
    expect([...kind.iam].sort()).toEqual(actionsIn(...filesOf(`shared/kinds/${folder}/aws*.ts`)));
  });

  it('says for each of its phases on what these actions are needed, and is not open where it changes anything', async () => {
    const kind = await kindOf(folder);
    const specs = planned.filter(({ kind: id }) => id === folder).map(({ spec }) => spec);
    expect(specs.length).toBeGreaterThan(0);
    const legs = kind.phases.flatMap((phase) => [
      { phase, from: primary, to: recovery },
      { phase, from: recovery, to: primary },
    ]);
    const allowed = specs.flatMap((spec) => legs.flatMap((leg) => Object.entries(kind.arns(spec, leg))));
    expect([...new Set(allowed.map(([action]) => action))].sort()).toEqual([...kind.iam].sort());
    const open = allowed.filter(([action, arns]) => !isReading(action) && arns.some(isOpen));
    expect(open.filter(([action]) => kind.iamConditions?.[action] === undefined)).toEqual([]);
  });

  it('explains its phases, its permissions and its refusals in its README', async () => {
    const { iam, phases: served } = await kindOf(folder);
    const decisions = filesOf(`shared/kinds/${folder}/!(aws)*.ts`);
    const refusals = decisions.flatMap((path) => [...textOf(path).matchAll(/refuse\('([a-z-]+)'/g)]);
    const readme = textOf(`shared/kinds/${folder}/README.md`);
    const wanted = [...served, ...iam, ...[...refusals].map(([, refusal]) => refusal ?? '')];
    expect(wanted.filter((word) => !readme.includes(word))).toEqual([]);
  });
});
