import { spawn } from 'node:child_process';
import { parseArgs } from 'node:util';
import { Parameters } from '../deploy/deployment.ts';
import type { Wish } from '../deploy/prepare.ts';
import { isFailure } from '../shared/domain/errors.ts';
import { PlanError } from '../shared/plan/load.ts';

const usage = (script: string) => `usage: npm run ${script} -- [--stage dev] [--plan plans/example.plan.yml]
       [--consistency strong|eventual] [--encryption aws|customer] [--dashboard on|off]
       [--game-day-subnets none|KEY=VALUE]
docs/deploy.md explains them. Exit codes: 0 done, 1 failed, 2 refused before anything was created.`;

class UsageError extends Error {}

/** What was asked for on the command line; undefined: the help. @throws UsageError */
function wishOf(script: string): Wish | undefined {
  const text = (value: string) => ({ type: 'string', default: value }) as const;
  const options = {
    stage: text('dev'),
    plan: text('plans/example.plan.yml'),
    consistency: text('strong'),
    encryption: text('aws'),
    dashboard: text('on'),
    'game-day-subnets': text('none'),
    help: { type: 'boolean', default: false },
  } as const;
  try {
    const { consistency, dashboard, encryption, help, plan, stage, ...others } = parseArgs({ options }).values;
    if (help) return undefined;
    const given = { consistency, dashboard, encryption, gameDaySubnets: others['game-day-subnets'] };
    return { stage, planFile: plan, parameters: Parameters.parse(given) };
  } catch (error) {
    throw new UsageError(`${error instanceof Error ? error.message : String(error)}\n\n${usage(script)}`);
  }
}

/** Runs a script with its wish; 2 is the exit code for what was refused before anything was done. */
export async function withWish(script: string, run: (wish: Wish) => Promise<void>): Promise<void> {
  try {
    const wish = wishOf(script);
    if (wish === undefined) console.log(usage(script));
    else await run(wish);
  } catch (error) {
    const isRefusal = error instanceof PlanError || error instanceof UsageError;
    console.error(isRefusal || isFailure(error) ? error.message : error);
    process.exitCode = isRefusal ? 2 : 1;
  }
}

/** Where osls puts the template and the archives of one Region. */
export const packagePath = (region: string): string => `dist/packages/${region}`;

/** @throws Error when osls fails; it has said why */
export async function osls(command: 'package' | 'deploy', region: string, { parameters, stage }: Wish): Promise<void> {
  const params = Object.entries(parameters).flatMap(([name, value]) => ['--param', `${name}=${value}`]);
  const common = ['--region', region, '--stage', stage, '--package', packagePath(region), ...params];
  const path = 'node_modules/osls/bin/serverless.js';
  // Nothing to ask for, and without this the SDK in osls looks for a machine's role for seconds.
  const offline = command === 'package' ? { AWS_EC2_METADATA_DISABLED: 'true' } : {};
  const child = spawn(process.execPath, [path, command, ...common], {
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, SLS_TELEMETRY_DISABLED: '1', SLS_NOTIFICATIONS_MODE: 'off', ...offline },
  });
  const code = await new Promise<number | null>((resolve, reject) => child.once('error', reject).once('exit', resolve));
  if (code !== 0) throw new Error(`osls ${command} failed for ${region}`);
}
