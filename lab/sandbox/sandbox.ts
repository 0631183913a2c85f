import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Log } from '../../shared/domain/ports.ts';
import type { LabProcess } from '../gameday/processes/lab-process.ts';
import type { Workplace } from '../gameday/processes/workplace.ts';
import { type Invocation, openRuntimeApi, type RuntimeApi } from './runtime-api.ts';

export interface SandboxWanted {
  readonly workplace: Pick<Workplace, 'spawn'>;
  readonly region: string;
  readonly functionName: string;
  /** The module that exports `handler`. */
  readonly entry: string;
  /** Besides what Lambda sets by itself. */
  readonly env: Readonly<Record<string, string>>;
  readonly log: Log;
}

/** One execution environment of a function: a process that runs its bundle, one invocation at a time. */
export interface Sandbox {
  /** Resolves when the bundle is loaded. */
  readonly ready: Promise<void>;
  hasEnded(): boolean;
  /** Resolves when its process has ended. */
  readonly ended: Promise<void>;
  /** @throws the function's error, `Runtime.ExitError` when its process ended, `Sandbox.Timedout` after the deadline */
  invoke(invocation: Invocation): Promise<unknown>;
  close(): Promise<void>;
}

const bootstrap = fileURLToPath(import.meta.resolve('./bootstrap.ts'));

export async function startSandbox(wanted: SandboxWanted): Promise<Sandbox> {
  const api = await openRuntimeApi();
  const child = await spawnOrClose(wanted, api);
  const over = child.exited.then(({ code, signal }) => {
    const message = `Runtime exited with ${signal === null ? `exit status ${code}` : `signal ${signal}`}`;
    api.end(named('Runtime.ExitError', message));
    return api.close();
  });
  return {
    ready: api.initialised,
    hasEnded: () => child.hasExited(),
    ended: over,
    async invoke(invocation) {
      const timer = setTimeout(() => expire(api, child), invocation.deadlineAt - Date.now());
      try {
        return await api.invoke(invocation);
      } finally {
        clearTimeout(timer);
      }
    },
    async close() {
      child.kill('SIGKILL');
      await over;
    },
  };
}

/** Lambda ends an environment whose invocation took too long. */
function expire(api: RuntimeApi, child: LabProcess): void {
  api.end(named('Sandbox.Timedout', 'Task timed out'));
  child.kill('SIGKILL');
}

const named = (name: string, message: string): Error => Object.assign(new Error(message), { name });

/** A process that cannot be started, as in a lab that has closed, leaves no server behind: it would keep ours from ending. */
async function spawnOrClose(wanted: SandboxWanted, api: RuntimeApi): Promise<LabProcess> {
  try {
    return spawn(wanted, api);
  } catch (error) {
    await api.close();
    throw error;
  }
}

function spawn(wanted: SandboxWanted, api: RuntimeApi): LabProcess {
  const { entry, env, functionName, log, region, workplace } = wanted;
  const started = workplace.spawn({
    name: `${functionName}-${region}`,
    region,
    command: process.execPath,
    args: [bootstrap],
    stdio: ['ignore', 'pipe', 'inherit'],
    env: {
      ...env,
      AWS_REGION: region,
      AWS_LAMBDA_FUNCTION_NAME: functionName,
      AWS_LAMBDA_RUNTIME_API: api.address,
      LAB_ENTRY: entry,
    },
  });
  if (started.child.stdout !== null) {
    createInterface(started.child.stdout).on('line', (line) => relay(line, log));
  }
  return started;
}

/** The functions log one JSON object a line; see functions/_lambda.ts. */
function relay(line: string, log: Log): void {
  try {
    const { level, why, ...fields } = JSON.parse(line);
    log(level, why, fields);
  } catch {
    log('info', line);
  }
}
