import { readFile } from 'node:fs/promises';
import { systemClock } from '../../lab/cloud/system-clock.ts';
import type { Sandbox } from '../../lab/sandbox/sandbox.ts';
import { startSandbox } from '../../lab/sandbox/sandbox.ts';
import { stepIds } from '../../shared/domain/phase.ts';
import type { Plan } from '../../shared/domain/plan.ts';
import { type Bench, type Check, ensure } from '../check.ts';
import type { Packaged } from '../packaged.ts';

const region = 'eu-central-1';

/** Started one after the other, so that a slow machine does not make a slow start look like a broken one. */
export const bundles: Check = {
  id: 'bundles',
  claim:
    'Every packaged function loads under the Lambda runtime contract, refuses a malformed event and lives on; every step can be woken',
  async run(bench) {
    for (const functionName of bench.packaged.functionNames) await tryOut(bench, functionName);
    const { length } = bench.packaged.functionNames;
    return `${length} functions loaded; each refused two malformed events; ${stepIds.length} were woken, with all kinds`;
  },
};

async function tryOut({ packaged, workplace }: Bench, functionName: string): Promise<void> {
  const entry = packaged.bundles.entryOf(functionName);
  const env = {
    AWS_ACCESS_KEY_ID: 'nobody',
    AWS_SECRET_ACCESS_KEY: 'nobody',
    UNDERSTUDY_TABLE: 'understudy-coordination',
    UNDERSTUDY_PLANS: packaged.plansFile,
    UNDERSTUDY_STATE_MACHINE_ARN: `arn:aws:states:${region}:123456789012:stateMachine:understudy-failover`,
  };
  const sandbox = await startSandbox({ workplace, region, functionName, entry, env, log: () => undefined });
  try {
    await sandbox.ready;
    await refuses(sandbox, functionName);
    if (stepIds.some((id) => id === functionName)) await wakes(sandbox, functionName, packaged);
  } finally {
    await sandbox.close();
  }
}

async function refuses(sandbox: Sandbox, functionName: string): Promise<void> {
  for (const requestId of ['first', 'second']) {
    const thrown = await invoke(sandbox, { functionName, requestId, event: ['no', 'event', 'of', 'ours'] });
    const isRefused = thrown.startsWith('TerminalError: malformed event') && !thrown.includes('UNDERSTUDY_');
    ensure(isRefused, `${functionName} answered a malformed event with ${thrown}`);
  }
}

/** As the state Warm does: then the function loads all kinds of the plan, and calls nothing. */
async function wakes(sandbox: Sandbox, functionName: string, { plansFile }: Packaged): Promise<void> {
  const [plan]: readonly Plan[] = JSON.parse(await readFile(plansFile, 'utf8'));
  const request = { application: plan?.application };
  const event = { machine: 'failback', runId: 'run-1', startedAt: '2026-01-01T12:00:00Z', request, warm: true };
  const answer = await invoke(sandbox, { functionName, requestId: 'third', event });
  ensure(answer.includes('"settled"'), `${functionName} answered a wake-up with ${answer}`);
}

interface Asked {
  readonly functionName: string;
  readonly requestId: string;
  readonly event: unknown;
}

async function invoke(sandbox: Sandbox, { event, functionName, requestId }: Asked): Promise<string> {
  const functionArn = `arn:aws:lambda:${region}:123456789012:function:${functionName}`;
  const deadlineAt = systemClock.nowMs() + 30_000;
  const answer = sandbox.invoke({ requestId, deadlineAt, functionArn, event });
  return answer.then(
    (result) => JSON.stringify(result),
    (error: Error) => `${error.name}: ${error.message}`,
  );
}
