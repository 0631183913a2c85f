import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { findFreePort } from '../../lab/gameday/network/free-port.ts';
import type { Bench } from '../check.ts';

const startTimeoutMs = 60_000;

export interface Moto {
  readonly port: number;
  end(): Promise<void>;
}

/**
 * moto's server, executing state machines for real.
 * @param callsItselfAt the port at which its Step Functions find Lambda and the rest of AWS: the gateway's
 */
export async function startMoto({ programs, workplace }: Bench, callsItselfAt: number): Promise<Moto> {
  const port = await findFreePort();
  const process = workplace.spawn({
    name: 'moto',
    region: 'emulator',
    command: join(programs, 'moto_server'),
    args: ['-H', '127.0.0.1', '-p', String(port)],
    env: { MOTO_PORT: String(callsItselfAt), AWS_ACCESS_KEY_ID: 'moto', AWS_SECRET_ACCESS_KEY: 'moto' },
  });
  const url = `http://127.0.0.1:${port}`;
  const giveUpAt = performance.now() + startTimeoutMs;
  while (
    !(await fetch(`${url}/moto-api/config`).then(
      (answer) => answer.ok,
      () => false,
    ))
  ) {
    if (process.hasExited()) throw new Error('moto_server ended before it listened');
    if (performance.now() > giveUpAt) throw new Error(`moto_server did not listen within ${startTimeoutMs / 1000} s`);
    await sleep(100);
  }
  const body = JSON.stringify({ stepfunctions: { execute_state_machine: true } });
  await fetch(`${url}/moto-api/config`, { method: 'POST', body });
  return {
    port,
    async end() {
      process.kill('SIGKILL');
      await process.exited;
    },
  };
}
