import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { leashedOutside } from '../../shared/aws/leash.ts';
import { systemNet } from '../../shared/aws/net.ts';
import { openScratch } from '../../shared/coordination/scratch.ts';
import { directionOf } from '../../shared/domain/direction.ts';
import { isFailure, TerminalError } from '../../shared/domain/errors.ts';
import type { Plan } from '../../shared/domain/plan.ts';
import type { Clock } from '../../shared/domain/ports.ts';
import { type Place, places } from '../../shared/domain/run.ts';
import { type Rehearsal, rehearsalOf, renderRehearsal } from '../../shared/report/rehearsal.ts';
import type { Deps, StepResult } from '../../shared/steps/contract.ts';
import { evaluate } from '../../shared/steps/evaluate.ts';
import { rehearse as rehearseSteps } from '../../shared/steps/rehearse.ts';
import type { Command } from '../command.ts';
import { readPlan } from '../read-plan.ts';
import { type ExitCode, exitCodes, UsageError } from '../terminal/exit-codes.ts';
import { paintFor } from '../terminal/paint.ts';

const help = `usage: understudy rehearse PLAN [options]
       understudy rehearse --lab [options]

Says what a failover would do now, in order and with its reasons, and changes nothing: the steps of a
run look at the real resources with your AWS credentials (reading is enough), and every call that
would change something is stopped before it is sent. Nothing has to be deployed.

  --from PLACE      the place to leave, primary or recovery; default primary
  --lab             rehearse in a simulated AWS instead, through the real state machine
  --json            the answer as JSON
  --help            this text

Exit codes: 0 nothing would be refused, 1 something would (the reasons are listed) or a resource could
not be looked at, 2 wrong usage.
`;

export const rehearse: Command = {
  summary: 'say what a failover would do now, and change nothing',
  async run(args) {
    const options = parse(args);
    if (options.help) return print(help, exitCodes.met);
    const answer = await answerOrWhyNot(options);
    if (typeof answer === 'string') {
      process.stderr.write(`understudy: not everything could be looked at: ${answer}\n`);
      return exitCodes.notMet;
    }
    const paint = paintFor({ isTTY: process.stdout.isTTY === true, env: process.env });
    const text = options.json ? `${JSON.stringify(answer, null, 2)}\n` : renderRehearsal(answer, paint);
    return print(text, answer.verdict === 'refused' ? exitCodes.notMet : exitCodes.met);
  },
};

interface Options {
  readonly plan: string;
  readonly from: Place | undefined;
  readonly lab: boolean;
  readonly json: boolean;
  readonly help: boolean;
}

function parse(args: readonly string[]): Options {
  const { positionals, values } = parsed(args);
  const { help: wantsHelp, json, lab } = values;
  const from = values.from === undefined ? undefined : places.find((place) => place === values.from);
  if (values.from !== undefined && from === undefined) throw new UsageError(`--from takes ${places.join(' or ')}`);
  const [plan = '', ...more] = positionals;
  const plansExpected = lab || wantsHelp ? 0 : 1;
  if (positionals.length !== plansExpected) {
    throw new UsageError(more.length > 0 || lab ? `one plan at a time, and none with --lab\n\n${help}` : help);
  }
  return { plan, from, lab, json, help: wantsHelp };
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        from: { type: 'string' },
        lab: { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    });
  } catch (error) {
    throw new UsageError(`${error instanceof Error ? error.message : String(error)}\n\n${help}`);
  }
}

/** What cannot be looked at is no answer; its sentence says what was tried, and nobody needs our stack. */
async function answerOrWhyNot(options: Options): Promise<Rehearsal | string> {
  try {
    return options.lab ? await inTheLab(options.from) : await againstAws(options);
  } catch (error) {
    if (isFailure(error)) return error.message;
    throw error;
  }
}

const runId = 'rehearsal';

async function againstAws({ from, plan: file }: Options): Promise<Rehearsal> {
  const plan = await readPlan(file);
  const deps = dryDeps(plan, from);
  // The deployed functions record the capacity of the Region in charge every few minutes; a rehearsal knows only now.
  await evaluate(plan, deps);
  const request = {
    application: plan.application,
    trigger: 'manual',
    reason: 'rehearsal',
    dryRun: true,
  } as const;
  const startedAt = new Date(deps.clock.now()).toISOString();
  const input = {
    machine: 'failover' as const,
    runId,
    startedAt,
    request: { ...request, ...(from === undefined ? {} : { from }) },
  };
  const result = await rehearseSteps(input, deps);
  const { journal, lock } = deps.coordination;
  const [run, entries] = await Promise.all([lock.run(runId), journal.read(runId)]);
  return rehearsalOf({ application: plan.application, run, entries, ...refusalOf(result) });
}

function dryDeps(plan: Plan, from: Place | undefined): Deps {
  const { region } = directionOf(plan, { from }).to;
  const callTimeoutMs = plan.pace.callTimeoutSeconds * 1000;
  return {
    region,
    // A rehearsal starts no execution.
    stateMachineArn: 'failover',
    plans: new Map([[plan.application, plan]]),
    clock: systemClock,
    log: (level, why) => (level === 'info' ? undefined : void process.stderr.write(`${why}\n`)),
    outside: leashedOutside({ callTimeoutMs, maxAttempts: 3 }, systemNet()),
    coordination: openScratch(systemClock, region),
  };
}

const systemClock: Clock = { now: () => Date.now(), sleep: (ms) => sleep(Math.max(0, ms)) };

const refusalOf = ({ refusal, step, why }: StepResult) =>
  refusal === undefined ? {} : { refusal: { step, why, refusal } };

/** Loaded when asked for: it brings the simulated cloud. */
async function inTheLab(from: Place | undefined): Promise<Rehearsal> {
  const { openModelledLab } = await import('../../lab/modelled/modelled-lab.ts');
  const lab = await openModelledLab();
  const request = { trigger: 'manual', reason: 'rehearsal', dryRun: true } as const;
  const { cause } = await lab.run(runId, { ...request, ...(from === undefined ? {} : { from }) });
  const { journal, lock } = lab.dryRuns;
  const [run, entries] = await Promise.all([lock.run(runId), journal.read(runId)]);
  lab.close();
  if (run === undefined) throw new TerminalError(cause ?? 'the dry run ended without an answer');
  return rehearsalOf({ application: lab.plan.application, run, entries });
}

function print(text: string, exitCode: ExitCode): ExitCode {
  process.stdout.write(text);
  return exitCode;
}
