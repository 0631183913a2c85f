import type { WouldAct } from '../domain/journal.ts';
import { Leashed } from '../domain/leashed.ts';
import type { RunRequest } from '../domain/run.ts';
import { machineFor } from '../start/machine-of.ts';
import { defineStep, note } from './define-step.ts';

/**
 * Starts the run that protects the application again: the Region that was left gets a replica and comes to rest. It is a run
 * of its own, because it may take hours, and a failover must not have to wait for its lock.
 */
export const protect = defineStep('protect', async (context) => {
  const { deps, run } = context;
  const name = `${run.application}-reprotect-${run.epoch}`;
  const reason = `${run.id} has moved ${run.application} to ${run.to.region}`;
  const request: RunRequest = { application: run.application, trigger: 'manual', purpose: 'reprotect', reason };
  // Where the application is by now; a run that has taken over may execute in the other Region.
  const { region } = run.to;
  const stateMachineArn = machineFor('reprotect', deps.stateMachineArn).replace(`:${deps.region}:`, `:${region}:`);
  const { startExecution } = await import('../start/start-execution.ts');
  try {
    await startExecution(deps.outside, { region, stateMachineArn, name, request });
  } catch (error) {
    if (!(error instanceof Leashed)) throw error;
    const data: WouldAct = { call: error.call };
    await note(context, 'would-act', `start ${name}`, { data });
    return { status: 'settled', why: `${name} would be started: ${reason}` };
  }
  return { status: 'settled', why: `${name} started: ${run.from.region} gets a replica` };
});
