import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { loadPlan, PlanError } from '../../shared/plan/load.ts';
import type { Command } from '../command.ts';
import { type ExitCode, exitCodes, UsageError } from '../terminal/exit-codes.ts';

const help = `usage: npm run validate -- PLAN... [--json]

Checks plans as the build does: fields, each resource by its kind, contradictions. Lists every
problem with its path and a remedy. Exit codes: 0 all are valid, 2 one is not or cannot be read.
`;

export const validate: Command = {
  summary: 'check plans, and list every problem with its path and a remedy',
  async run(args) {
    const { files, json, wantsHelp } = parse(args);
    if (wantsHelp) {
      process.stdout.write(help);
      return exitCodes.met;
    }
    const checked = await Promise.all(files.map(check));
    process.stdout.write(
      json ? `${JSON.stringify(checked, null, 2)}\n` : checked.map(({ text }) => `${text}\n`).join(''),
    );
    return checked.every(({ valid }) => valid) ? exitCodes.met : invalid;
  },
};

const invalid: ExitCode = exitCodes.usage;

function parse(args: readonly string[]) {
  const options = { json: { type: 'boolean', default: false }, help: { type: 'boolean', default: false } } as const;
  try {
    const { positionals, values } = parseArgs({ args: [...args], options, allowPositionals: true });
    if (positionals.length === 0 && !values.help) throw new Error('name at least one plan');
    return { files: positionals, json: values.json, wantsHelp: values.help };
  } catch (error) {
    throw new UsageError(`${error instanceof Error ? error.message : String(error)}\n\n${help}`);
  }
}

async function check(file: string) {
  try {
    const { application, resources } = await loadPlan(file, await readFile(file, 'utf8'));
    return { file, valid: true, problems: [], text: `${file} is valid: ${application}, ${resources.length} resources` };
  } catch (error) {
    if (error instanceof PlanError) return { file, valid: false, problems: error.problems, text: error.message };
    if (!isFileError(error)) throw error;
    throw new UsageError(`${file} cannot be read: ${error.message}`);
  }
}

const isFileError = (error: unknown): error is NodeJS.ErrnoException => error instanceof Error && 'syscall' in error;
