import { setTimeout as sleep } from 'node:timers/promises';
import { type Purpose, RunRequest } from '../../../shared/domain/run.ts';
import { machineFor } from '../../../shared/start/machine-of.ts';
import { startExecution } from '../../../shared/start/start-execution.ts';
import { failoverMachine } from '../../runtime.ts';
import { nowMs } from '../faults/fault.ts';
import { people, type ScenarioStep } from './steps.ts';

/**
 * An operator starts a planned run, as `understudy failback` does, and again for as long as the Region has not been well for
 * long enough: a run that is refused at its beginning is over at once.
 */
export const starts = (purpose: Exclude<Purpose, 'failover'>): ScenarioStep =>
  people(`an operator starts a ${purpose}`, async (stage) => {
    const { lab } = stage;
    // Where nothing strikes, what people do is where all times count from.
    stage.struckAt ??= nowMs();
    const { activeRegion } = (await stage.charge()) ?? {};
    const { primary, recovery } = lab.plan.regions;
    const other = activeRegion === recovery ? primary : recovery;
    const region = purpose === 'reprotect' ? (activeRegion ?? primary) : other;
    const giveUpAt = nowMs() + startWithinMs;
    for (let attempt = 1; nowMs() < giveUpAt; attempt += 1) {
      const name = `shop-${purpose}-${Math.round(nowMs())}-${attempt}`;
      const stateMachineArn = lab.world.stateMachineArn(region, machineFor(purpose, failoverMachine));
      const request = RunRequest.parse({
        application: lab.plan.application,
        purpose,
        reason: 'game day: all is well again',
      });
      await startExecution(lab.outside, { region, stateMachineArn, name, request });
      if (await isOpened(stage, name)) return;
    }
  });

const startWithinMs = 15_000;

async function isOpened({ look }: Parameters<Parameters<typeof people>[1]>[0], name: string): Promise<boolean> {
  for (;;) {
    const { executions, runs } = await look();
    if (runs.some(({ id }) => id === name)) return true;
    const execution = executions.find((one) => one.name === name);
    if (execution?.endedAt !== undefined) {
      await sleep(200);
      return false;
    }
    await sleep(20);
  }
}
