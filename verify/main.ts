import { parseArgs } from 'node:util';
import { closeOnSignals } from '../lab/gameday/processes/close-on-signals.ts';
import { openWorkplace } from '../lab/gameday/processes/workplace.ts';
import type { Bench, Check } from './check.ts';
import { checks } from './checks/registry.ts';
import { openPackaged } from './packaged.ts';
import { endPrograms } from './program.ts';
import { openPython } from './python.ts';

const help = `usage: npm run verify -- [--only ID]... [--list]

Checks the packaged functions and state machines with software that others wrote: cfn-lint,
asl-validator, the AWS CLI, moto. Needs Python 3.9 or later; what it installs goes into .venv/.
docs/verified.md says what is and what is not verified by this.

Exit codes: 0 all checks passed, 1 one has failed, 2 wrong usage, 130 interrupted.
`;

/** One check may take so long before it counts as failed. */
const checkTimeoutMs = 300_000;

async function verify(wanted: readonly Check[]): Promise<number> {
  process.once('exit', endPrograms);
  const workplace = await openWorkplace();
  const uninstall = closeOnSignals(workplace);
  try {
    const programs = await openPython(say);
    say('packaging functions and templates');
    const packaged = await openPackaged();
    const results: boolean[] = [];
    for (const check of wanted) results.push(await passes(check, { workplace, programs, packaged, say }));
    const passed = results.filter(Boolean).length;
    say(`\n${passed} passed, ${results.length - passed} failed`);
    return passed === results.length ? 0 : 1;
  } finally {
    await workplace.close();
    uninstall();
  }
}

async function passes(check: Check, bench: Bench): Promise<boolean> {
  const startedAt = performance.now();
  const took = (): string => `${((performance.now() - startedAt) / 1000).toFixed(1)} s`;
  say(`\n… ${check.id}: ${check.claim}`);
  try {
    const seen = await bounded(check.run(bench));
    say(`✓ ${check.id} (${took()}): ${seen}`);
    return true;
  } catch (error) {
    say(`✗ ${check.id} (${took()}): ${error instanceof Error ? error.message : String(error)}`);
    return false;
  }
}

async function bounded(work: Promise<string>): Promise<string> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new Error(`not done within ${checkTimeoutMs / 1000} s`)), checkTimeoutMs);
  try {
    return await Promise.race([work, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}

const say = (line: string): void => void process.stdout.write(`${line}\n`);

function options(): { readonly list: boolean; readonly help: boolean; readonly wanted: readonly Check[] } | undefined {
  try {
    const { values } = parseArgs({
      options: {
        only: { type: 'string', multiple: true, default: [] },
        list: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    });
    const wanted = checks.filter(({ id }) => values.only.length === 0 || values.only.includes(id));
    const isKnown = values.only.every((id) => checks.some((check) => check.id === id));
    return isKnown ? { list: values.list, help: values.help, wanted } : undefined;
  } catch {
    return undefined;
  }
}

const asked = options();
if (asked === undefined) {
  process.stderr.write(help);
  process.exitCode = 2;
} else if (asked.help) {
  say(help);
} else if (asked.list) {
  for (const { claim, id } of checks) say(`${id.padEnd(16)}${claim}`);
} else {
  process.exitCode = await verify(asked.wanted).catch((error: unknown) => {
    say(`✗ ${error instanceof Error ? error.message : String(error)}`);
    return 1;
  });
}
