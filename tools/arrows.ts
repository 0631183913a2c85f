import { spawnSync } from 'node:child_process';
import { globSync } from 'node:fs';
import * as z from 'zod';

/**
 * Checks the arrows of ARCHITECTURE.md (.dependency-cruiser.cjs), and that they were really read: dependency-cruiser
 * passes when it finds no modules at all, as with a TypeScript that it cannot use.
 */
const rooms = ['shared', 'functions', 'deploy', 'cli', 'lab', 'test', 'tools', 'verify'];
const modulesMin = 150;

const Cruise = z.object({
  modules: z.array(z.object({ source: z.string(), dependencies: z.array(z.unknown()) })),
  summary: z.object({
    violations: z.array(z.object({ from: z.string(), to: z.string(), rule: z.object({ name: z.string() }) })),
    ruleSetUsed: z.object({ forbidden: z.array(z.object({ name: z.string(), comment: z.string() })) }),
  }),
});
type Cruise = z.infer<typeof Cruise>;

function cruise(): Cruise {
  const { error, stderr, stdout } = spawnSync('depcruise', ['-T', 'json', ...rooms], {
    encoding: 'utf8',
    maxBuffer: 256 * 1024 * 1024,
  });
  if (error !== undefined) throw error;
  if (stdout === '') throw new Error(`dependency-cruiser said nothing: ${stderr}`);
  return Cruise.parse(JSON.parse(stdout));
}

function unread({ modules }: Cruise): readonly string[] {
  const read = new Set(modules.map(({ source }) => source));
  const files = globSync(rooms.map((room) => `${room}/**/*.ts`));
  const missed = files.filter((file) => !read.has(file)).map((file) => `${file} was not read`);
  if (files.length < modulesMin)
    missed.push(`only ${files.length} files were found, ${modulesMin} at least are expected`);
  const arrows = modules.reduce((sum, { dependencies }) => sum + dependencies.length, 0);
  if (arrows < files.length) missed.push(`only ${arrows} arrows were seen in ${files.length} files`);
  return missed;
}

function broken({ summary }: Cruise): readonly string[] {
  const reasons = new Map(summary.ruleSetUsed.forbidden.map(({ comment, name }) => [name, comment]));
  return summary.violations.map(
    ({ from, rule, to }) => `${rule.name}: ${from} → ${to}\n    ${reasons.get(rule.name) ?? ''}`,
  );
}

const cruised = cruise();
const problems = [...broken(cruised), ...unread(cruised)];
for (const problem of problems) console.error(problem);
console.log(`arrows: ${cruised.modules.length} modules read, ${problems.length} problems`);
process.exitCode = problems.length === 0 ? 0 : 1;
