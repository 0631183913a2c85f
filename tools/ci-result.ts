import { readFile } from 'node:fs/promises';
import * as z from 'zod';

/** Reads what vitest and the game day have written, says it in two lines, and judges it. */
const Tests = z.object({ numPassedTests: z.int(), numFailedTests: z.int(), success: z.boolean() });
const GameDay = z.object({
  schema: z.literal(1),
  kind: z.literal('gameday'),
  scenario: z.string(),
  verdict: z.string(),
  measured: z.object({ rtoSeconds: z.number(), acknowledgedWrites: z.int(), acknowledgedWritesLost: z.int() }),
  checks: z.array(z.object({ id: z.string(), verdict: z.string(), why: z.string() })).min(1),
});

/** A file that is missing or malformed is a failure with a sentence, not a stack. */
async function read<T>(path: string, schema: z.ZodType<T>): Promise<T | undefined> {
  try {
    return schema.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch (error) {
    console.log(`${path} is no result: ${error instanceof Error ? error.message : String(error)}`);
    return undefined;
  }
}

const [testsPath = '', gameDayPath = ''] = process.argv.slice(2);
const gameDay = await read(gameDayPath, GameDay);
const tests = await read(testsPath, Tests);

if (gameDay !== undefined) {
  const { checks, measured, scenario, verdict } = gameDay;
  const lost = `${measured.acknowledgedWritesLost} of ${measured.acknowledgedWrites} acknowledged writes lost`;
  console.log(`game day ${scenario}: ${verdict}, RTO ${measured.rtoSeconds} s, ${lost}, ${checks.length} checks`);
  for (const { id, verdict: found, why } of checks.filter((check) => check.verdict !== 'passed')) {
    console.log(`  ${id} ${found}: ${why}`);
  }
}
// A suite that does not load has no tests that could fail, so it counts as one.
const failed = Math.max(tests?.numFailedTests ?? 0, tests?.success === true ? 0 : 1);
console.log(`${tests?.numPassedTests ?? 0} passed, ${failed} failed`);
process.exitCode = failed === 0 && gameDay?.verdict === 'passed' ? 0 : 1;
