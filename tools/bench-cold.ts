import { spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Bundle, bundle, functionNames } from '../deploy/bundles.ts';

/**
 * How long a fresh process takes with each function, beside one with a bare handler: to its end after loading it, and to
 * its end after a first event, for which the SDK is loaded, too. Medians of interleaved runs on this machine; what Lambda
 * itself adds is not in them.
 */
const runs = 15;
const ratioMax = 2.2;
const initialKilobytesMax = 300;

const bare = 'export const handler = async () => ({ ok: true });\n';

/** A malformed event: the whole runtime is composed, nothing is called. */
const firstEvent = (index: string): string =>
  `import { handler } from ${JSON.stringify(pathToFileURL(index).href)};\nawait handler({}, {}).catch(() => undefined);\n`;

const environment = {
  AWS_REGION: 'eu-west-1',
  UNDERSTUDY_TABLE: 'table',
  UNDERSTUDY_PLANS: 'plans.json',
  UNDERSTUDY_STATE_MACHINE_ARN: 'arn',
};

interface Subject {
  readonly name: string;
  readonly initialKilobytes: number;
  /** What is started to load it, and to load it and serve an event. */
  readonly files: readonly [string, string];
}

async function prepare(folder: string): Promise<readonly Subject[]> {
  await writeFile(join(folder, 'plans.json'), JSON.stringify([{ pace: { callTimeoutSeconds: 2 } }]));
  const subjects = [{ name: 'bare', files: { 'index.mjs': Buffer.from(bare) }, initialBytes: bare.length }];
  const built = await bundle(functionNames());
  return Promise.all([...subjects, ...built].map(async (one) => write(folder, one)));
}

async function write(folder: string, { files, initialBytes, name }: Bundle): Promise<Subject> {
  const own = await mkdtemp(join(folder, `${name}-`));
  const index = join(own, 'index.mjs');
  const event = join(own, 'first-event.mjs');
  await Promise.all(Object.entries(files).map(([file, content]) => writeFile(join(own, file), content)));
  await writeFile(event, firstEvent(index));
  return { name, initialKilobytes: Math.ceil(initialBytes / 1000), files: [index, event] };
}

function millisecondsOf(file: string, cwd: string): number {
  const startedAt = performance.now();
  const { status, stderr } = spawnSync(process.execPath, [file], { cwd, env: environment, encoding: 'utf8' });
  if (status !== 0) throw new Error(`${file} ended with ${status}: ${stderr}`);
  return performance.now() - startedAt;
}

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;

/** Interleaved, so that a slow moment of the machine falls on all of them alike. */
function measure(folder: string, files: readonly string[]): ReadonlyMap<string, number> {
  const times = new Map<string, number[]>(files.map((file) => [file, []]));
  for (let run = 0; run < runs; run++) {
    for (const file of files) times.get(file)?.push(millisecondsOf(file, folder));
  }
  return new Map([...times].map(([file, values]) => [file, median(values)]));
}

function report(subjects: readonly Subject[], times: ReadonlyMap<string, number>): boolean {
  const timeOf = (file: string): number => times.get(file) ?? Number.NaN;
  const [loaded = Number.NaN, served = Number.NaN] = subjects[0]?.files.map(timeOf) ?? [];
  console.log('function      KB   loaded ms  × bare   first event ms  × bare');
  let isWithin = true;
  for (const { files, initialKilobytes, name } of subjects) {
    const [load, serve] = [timeOf(files[0]), timeOf(files[1])];
    const figures = [load.toFixed(1), (load / loaded).toFixed(2), serve.toFixed(1), (serve / served).toFixed(2)];
    const [ms, ratio, eventMs, eventRatio] = figures.map(String);
    console.log(
      `${name.padEnd(10)}${String(initialKilobytes).padStart(6)}${ms?.padStart(12)}${ratio?.padStart(8)}${eventMs?.padStart(17)}${eventRatio?.padStart(8)}`,
    );
    isWithin &&= load / loaded <= ratioMax && initialKilobytes <= initialKilobytesMax;
  }
  return isWithin;
}

const folder = await mkdtemp(join(tmpdir(), 'understudy-cold-'));
try {
  const subjects = await prepare(folder);
  const isWithin = report(
    subjects,
    measure(
      folder,
      subjects.flatMap(({ files }) => files),
    ),
  );
  console.log(`${isWithin ? 'within' : 'BEYOND'} ${initialKilobytesMax} KB and ${ratioMax} × bare, medians of ${runs}`);
  process.exitCode = isWithin ? 0 : 1;
} finally {
  await rm(folder, { recursive: true });
}
