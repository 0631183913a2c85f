import type { Command } from './command.ts';
import { exitCodes, UsageError } from './terminal/exit-codes.ts';

/** Loaded when asked for: the game day brings a whole lab with it. */
const commands: Readonly<Record<string, () => Promise<Command>>> = {
  gameday: async () => (await import('./commands/gameday.ts')).gameday,
  validate: async () => (await import('./commands/validate.ts')).validate,
  simulate: async () => (await import('./commands/simulate.ts')).simulate,
  rehearse: async () => (await import('./commands/rehearse.ts')).rehearse,
  cost: async () => (await import('./commands/cost.ts')).cost,
  start: async () => (await import('./commands/start.ts')).start,
  failback: async () => (await import('./commands/failback.ts')).failback,
  switchover: async () => (await import('./commands/switchover.ts')).switchover,
  reprotect: async () => (await import('./commands/reprotect.ts')).reprotect,
  approve: async () => (await import('./commands/approve.ts')).approve,
  decline: async () => (await import('./commands/decline.ts')).decline,
  hold: async () => (await import('./commands/hold.ts')).hold,
  halt: async () => (await import('./commands/halt.ts')).halt,
  resume: async () => (await import('./commands/resume.ts')).resume,
  ack: async () => (await import('./commands/ack.ts')).ack,
  reconciliation: async () => (await import('./commands/reconciliation.ts')).reconciliation,
  drift: async () => (await import('./commands/drift.ts')).drift,
  journal: async () => (await import('./commands/journal.ts')).journal,
};

async function main([name, ...args]: readonly string[]): Promise<number> {
  if (name === undefined) throw new UsageError(`no command was given\n\n${await usage()}`);
  if (name === '--help' || name === 'help') {
    process.stdout.write(await usage());
    return exitCodes.met;
  }
  const load = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (load === undefined) {
    throw new UsageError(`there is no command ${name}; use one of ${Object.keys(commands).join(', ')}`);
  }
  const command = await load();
  return command.run(args);
}

async function usage(): Promise<string> {
  const loaded = await Promise.all(Object.entries(commands).map(async ([name, load]) => [name, await load()] as const));
  const lines = loaded.map(([name, { summary }]) => `  ${name.padEnd(16)}${summary}\n`);
  return `usage: understudy <command> [options]\n\n${lines.join('')}\n--help after a command tells its options.\n`;
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  const isUsage = error instanceof UsageError;
  process.stderr.write(
    `understudy: ${isUsage ? error.message : error instanceof Error ? error.stack : String(error)}\n`,
  );
  process.exitCode = isUsage ? exitCodes.usage : exitCodes.notMet;
}
