import { systemClock } from '../../lab/cloud/system-clock.ts';
import type { Sandbox } from '../../lab/sandbox/sandbox.ts';
import { startSandbox } from '../../lab/sandbox/sandbox.ts';
import { type Bench, type Check, ensure } from '../check.ts';

const region = 'eu-central-1';

/** Started one after the other, so that a slow machine does not make a slow start look like a broken one. */
export const bundles: Check = {
  id: 'bundles',
  claim: 'Every packaged function loads under the Lambda runtime contract, refuses a malformed event and lives on',
  async run(bench) {
    for (const functionName of bench.packaged.functionNames) await tryOut(bench, functionName);
    return `${bench.packaged.functionNames.length} functions loaded; each refused two malformed events`;
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
    for (const requestId of ['first', 'second']) {
      const thrown = await invokeMalformed(sandbox, functionName, requestId);
      const isRefused = thrown.startsWith('TerminalError: malformed event') && !thrown.includes('UNDERSTUDY_');
      ensure(isRefused, `${functionName} answered a malformed event with ${thrown}`);
    }
  } finally {
    await sandbox.close();
  }
}

async function invokeMalformed(sandbox: Sandbox, functionName: string, requestId: string): Promise<string> {
  const functionArn = `arn:aws:lambda:${region}:123456789012:function:${functionName}`;
  const deadlineAt = systemClock.nowMs() + 30_000;
  const event = ['no', 'event', 'of', 'ours'];
  const answer = sandbox.invoke({ requestId, deadlineAt, functionArn, event });
  return answer.then(
    (result) => JSON.stringify(result),
    (error: Error) => `${error.name}: ${error.message}`,
  );
}
