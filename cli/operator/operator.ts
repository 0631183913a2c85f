import { userInfo } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { clientMaker } from '../../shared/aws/client.ts';
import { systemNet } from '../../shared/aws/net.ts';
import type { Outside } from '../../shared/aws/outside.ts';
import { openCoordination } from '../../shared/coordination/open.ts';
import { isFailure } from '../../shared/domain/errors.ts';
import type { Clock, Coordination } from '../../shared/domain/ports.ts';
import type { Command } from '../command.ts';
import { type ExitCode, exitCodes, UsageError } from '../terminal/exit-codes.ts';

/** Somebody at a terminal, with the coordination table before them. */
export interface Operator {
  readonly coordination: Coordination;
  readonly outside: Outside;
  /** Name of the state machine in each Region. */
  readonly machine: string;
  /** Whose endpoints are asked. */
  readonly region: string;
  readonly clock: Clock;
  /** Who it is: recorded with everything that is said. */
  readonly by: string;
  readonly reason: string;
  /** How long what is said counts; s. */
  readonly expiresSeconds: number;
  /** What stands on the command line besides options. */
  readonly words: readonly string[];
  readonly flags: ReadonlySet<string>;
  /** The command's own options that were given. */
  readonly options: Readonly<Record<string, string>>;
}

/** What a command answers: lines for people, or the same as JSON, and whether it was done. */
export interface Said {
  readonly done: boolean;
  readonly text: string;
  readonly json: unknown;
}

export interface OwnOption {
  readonly value: string;
  readonly meaning: string;
}

export interface OperatorCommand {
  readonly summary: string;
  /** What stands before the options: `approve RUN`. */
  readonly usage: string;
  readonly about: string;
  /** How many words it takes. */
  readonly words: { readonly min: number; readonly max: number };
  readonly needsReason: boolean;
  /** Options of its own without a value: name and what they mean. */
  readonly flags?: Readonly<Record<string, string>>;
  /** Options of its own with a value: name with the word for the value, and what they mean. */
  readonly options?: Readonly<Record<string, OwnOption>>;
  run(operator: Operator): Promise<Said>;
}

const commonOptions = `  --reason TEXT       why; it is kept with the record
  --by NAME           who says so; default $UNDERSTUDY_OPERATOR, else your user name
  --expires SECONDS   how long it counts; default 900
  --region REGION     whose endpoint is asked; default $AWS_REGION. Either Region that holds data will do
  --table NAME        the coordination table; default $UNDERSTUDY_TABLE, else understudy-coordination
  --machine NAME      the state machine; default $UNDERSTUDY_MACHINE, else understudy-failover
  --json              the answer as JSON
  --help              this text

Exit codes: 0 done, 1 refused (the reason is printed) or no answer from AWS, 2 wrong usage.
`;

/** Makes a command of it: help, options, a table, and plain sentences for everything that goes wrong. */
export const operatorCommand = (command: OperatorCommand): Command => ({
  summary: command.summary,
  async run(args) {
    const { positionals, values } = parsed(command, args);
    if (values['help'] === true) return print(helpOf(command), exitCodes.met);
    const operator = operatorOf(command, positionals, values);
    try {
      const { done, json, text } = await command.run(operator);
      const shown = values['json'] === true ? `${JSON.stringify(json, null, 2)}\n` : text;
      return print(shown, done ? exitCodes.met : exitCodes.notMet);
    } catch (error) {
      if (!isFailure(error)) throw error;
      process.stderr.write(`understudy: ${error.message}\n`);
      return exitCodes.notMet;
    }
  },
});

function helpOf({ about, flags = {}, options = {}, usage }: OperatorCommand): string {
  const valued = Object.entries(options).map(([name, { meaning, value }]) => [`${name} ${value}`, meaning] as const);
  const own = [...Object.entries(flags), ...valued].map(([name, meaning]) => `  ${`--${name}`.padEnd(20)}${meaning}\n`);
  return `usage: understudy ${usage} [options]\n\n${about}\n\n${own.join('')}${commonOptions}`;
}

type Values = Readonly<Record<string, string | boolean | undefined>>;

function parsed(command: OperatorCommand, args: readonly string[]) {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean' } as const;
  const own = {
    ...Object.fromEntries(Object.keys(command.flags ?? {}).map((name) => [name, flag])),
    ...Object.fromEntries(Object.keys(command.options ?? {}).map((name) => [name, text])),
  };
  const options = {
    reason: text,
    by: text,
    expires: text,
    region: text,
    table: text,
    machine: text,
    json: flag,
    help: flag,
    ...own,
  };
  try {
    const { positionals, values } = parseArgs({ args: [...args], allowPositionals: true, options });
    return { positionals, values: values as Values };
  } catch (error) {
    throw new UsageError(`${error instanceof Error ? error.message : String(error)}\n\n${helpOf(command)}`);
  }
}

function operatorOf(command: OperatorCommand, words: readonly string[], values: Values): Operator {
  const refuse = (why: string): never => {
    throw new UsageError(`${why}\n\n${helpOf(command)}`);
  };
  const { max, min } = command.words;
  if (words.length < min || words.length > max) refuse(`usage: understudy ${command.usage}`);
  const { env } = process;
  const region = String(values['region'] ?? env['AWS_REGION'] ?? refuse('name a Region with --region or $AWS_REGION'));
  const reason = String(values['reason'] ?? '').trim();
  if (command.needsReason && reason === '') refuse('say why with --reason');
  const by = String(values['by'] ?? env['UNDERSTUDY_OPERATOR'] ?? userInfo().username).trim();
  if (by === '') refuse('say who you are with --by: a decision needs a name');
  const expiresSeconds = Number(values['expires'] ?? 900);
  if (!(expiresSeconds > 0)) refuse(`--expires takes a number of seconds above 0, not ${values['expires']}`);
  const tableName = String(values['table'] ?? env['UNDERSTUDY_TABLE'] ?? 'understudy-coordination');
  const machine = String(values['machine'] ?? env['UNDERSTUDY_MACHINE'] ?? 'understudy-failover');
  const outside = { client: clientMaker({ callTimeoutMs: 5000, maxAttempts: 3 }), ...systemNet() };
  const flags = new Set(Object.keys(command.flags ?? {}).filter((name) => values[name] === true));
  const given = Object.keys(command.options ?? {}).filter((name) => values[name] !== undefined);
  const options = Object.fromEntries(given.map((name) => [name, String(values[name])]));
  const coordination = openCoordination(outside, systemClock, { region, tableName });
  return {
    coordination,
    outside,
    machine,
    region,
    clock: systemClock,
    by,
    reason,
    expiresSeconds,
    words,
    flags,
    options,
  };
}

const systemClock: Clock = { now: () => Date.now(), sleep: (ms) => sleep(Math.max(0, ms)) };

function print(text: string, exitCode: ExitCode): ExitCode {
  process.stdout.write(text);
  return exitCode;
}
