import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Operator } from '../../cli/operator/operator.ts';
import { startRun } from '../../cli/operator/start-run.ts';
import { type ModelledLab, openModelledLab } from '../../lab/modelled/modelled-lab.ts';
import { shortStack } from '../../lab/modelled/short-stack.ts';
import { failoverMachine, labOutside } from '../../lab/runtime.ts';
import type { Purpose } from '../../shared/domain/run.ts';
import { dimensionsOf, metrics } from '../../shared/signals/metrics.ts';
import { wantsToOpen } from '../support/sample-run.ts';

const [ireland, frankfurt] = ['eu-west-1', 'eu-central-1'] as const;

let lab: ModelledLab;
beforeEach(async () => {
  lab = await openModelledLab();
});
afterEach(() => lab.close());

/** Somebody at a terminal, over the whole state machine: what `understudy failback shop --region …` does. */
const at = (region: string, flags: readonly string[] = []): Operator => {
  const { clock, coordination, orders: net, plan, world } = lab;
  return {
    outside: labOutside({ world, plan, region, net, plugin: (wire) => shortStack(world, wire) }),
    region,
    machine: failoverMachine,
    coordination,
    clock,
    by: 'ada',
    reason: 'the primary is back',
    expiresSeconds: 900,
    words: ['shop'],
    flags: new Set(flags),
    options: {},
  };
};

/** Frankfurt is in charge after a failover. */
async function away(): Promise<void> {
  expect(await lab.run('away-1', { reason: 'test' })).toMatchObject({ status: 'SUCCEEDED' });
}

/** As the probes of Ireland tell, which have watched the Region in charge. */
function isWell(): void {
  lab.world.cloudWatch(ireland).operations.PutMetricData({
    Namespace: metrics.namespace,
    MetricData: [0.2, 0.5, 0.8, 1.1, 1.4].map((seconds) => ({
      MetricName: metrics.probeFailed,
      Dimensions: dimensionsOf('shop', 'recovery'),
      Timestamp: new Date(lab.clock.nowMs() - seconds * 1000),
      Values: [0],
      Counts: [20],
    })),
  });
}

interface Refused {
  readonly purpose?: Purpose;
  readonly region?: string;
  readonly says: string;
  /** What would help. */
  readonly command: string;
}

async function refuses({ command, purpose = 'failback', region = ireland, says }: Refused): Promise<void> {
  const before = await lab.coordination.lock.charge('shop');
  const effects = lab.world.history.length;
  const said = await startRun(at(region), purpose);
  expect(said).toMatchObject({ done: false, text: expect.stringContaining(`${purpose} refused: `) });
  expect(said.text).toContain(says);
  expect(said.text).toContain(command);
  // Nothing was opened, and nothing was changed but that people were told.
  expect(await lab.coordination.lock.charge('shop')).toEqual(before);
  const changed = lab.world.history.slice(effects).filter(({ applied, mutating }) => applied && mutating);
  expect([...new Set(changed.map(({ command: call }) => call))].sort()).toEqual(['Publish', 'StartExecution']);
}

describe('a failback that is started', () => {
  it('while home is not well is refused, with the command for later', async () => {
    await away();
    await refuses({
      says: `${ireland} has sent 0 probes`,
      command: `understudy failback shop --region ${ireland} --reason "…"`,
    });
  });

  it('while another run is active is refused, with the command that shows that one', async () => {
    await away();
    isWell();
    const open = {
      ...wantsToOpen('run-0'),
      from: { place: 'recovery', region: frankfurt },
      to: { place: 'primary', region: ireland },
    } as const;
    const planHash = lab.coordination.lock.hashOf(lab.plan);
    await lab.coordination.lock.open({ ...open, planHash, coolDownMs: 0 });
    await refuses({
      says: 'run run-0 is already running',
      command: `understudy journal show run-0 --region ${ireland}`,
    });
  });

  it('from a Region that is not in charge is refused, with the command for the way that there is', async () => {
    await refuses({
      says: 'the primary is in charge: there is no way home',
      command: `understudy switchover shop --region ${frankfurt} --reason "…"`,
    });
  });

  it('in the wrong Region is refused, with the command for the right one', async () => {
    await away();
    await refuses({
      region: frankfurt,
      says: `has to run in ${ireland}, not in ${frankfurt}`,
      command: `understudy failback shop --region ${ireland} --reason "…"`,
    });
  });

  it('with a plan that has changed since is refused, with the command that insists', async () => {
    await away();
    isWell();
    Object.assign(lab.plan.objectives, { rtoSeconds: 6 });
    await refuses({
      says: 'the plan is not the one with which the last run was opened',
      command: `understudy failback shop --region ${ireland} --force --reason "…"`,
    });
  });
});

it('a run that is opened is told as started', async () => {
  expect(await startRun(at(frankfurt), 'failover')).toMatchObject({ done: true, json: { started: true } });
});
