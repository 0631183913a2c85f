import type { ZodType } from 'zod';
import { converted } from '../../aws/errors.ts';
import type { Outside } from '../../aws/outside.ts';
import { isFailure } from '../../domain/errors.ts';
import { Leashed } from '../../domain/leashed.ts';
import type { Bookmark, OrphanRow, Orphans, Stretch } from '../../domain/orphans.ts';
import type { Side } from '../../domain/run.ts';
import type { Target } from '../contract.ts';
import type { Answer, Comparison, Facts } from './check.ts';
import { chunksToSearch, type Difference, differencesOf, differingKeys, orphansOf } from './differences.ts';
import { answerBytesMax, ChunkRows, Position, type Row, type Table, Tables } from './protocol.ts';
import type { Source, Spec } from './spec.ts';

/** Facts are recorded, so they stay small; and what is asked in a freeze is little. */
const limits = {
  differences: 20,
  chunksShown: 3,
  keys: 5,
  chunksSearched: 2000,
  excerpt: 200,
  rowCharacters: 300_000,
} as const;

/** Both databases may be silent: that is a fact. The tables are read only once the positions show that it makes sense. */
export async function observe(spec: Spec, { phase, run }: Target, outside: Outside): Promise<Facts> {
  const [from, to] = [asker(spec, run.from, outside), asker(spec, run.to, outside)];
  const both = await positions(from, to);
  if (phase !== 'compare' || !both.from.answered || both.from.writable || !both.to.answered) return both;
  return { ...both, comparison: await compare(spec, from, to) };
}

/**
 * The chunks that differ are read one after the other, so that only the rows of one are held, whatever the tables' size. The
 * old primary is read first: what reaches the other side meanwhile is no orphan.
 */
export async function reconcile(
  spec: Spec,
  { run }: Target,
  outside: Outside,
  { after, goesOn }: Stretch,
): Promise<Orphans> {
  const [from, to] = [asker(spec, run.from, outside), asker(spec, run.to, outside)];
  const old = await to.position();
  const before = after ?? nothingYet;
  if (!old.answered) return notCompared(`${run.to.region} does not answer: ${old.why}`, before);
  if (old.replica === true)
    return {
      ...notCompared(`the database in ${run.to.region} is a replica: it has no rows of its own`, before),
      compared: true,
    };
  const [inTo, inFrom] = [await to.tables(), await from.tables()];
  if (!inTo.answered) return notCompared(`the tables in ${run.to.region}: ${inTo.why}`, before);
  if (!inFrom.answered) return notCompared(`the tables in ${run.from.region}: ${inFrom.why}`, before);
  const chunks = chunksToSearch(inFrom.tables, inTo.tables, after);
  if (chunks === undefined) return notCompared(`${after?.table} has no chunk from ${after?.chunk} any more`, before);
  const names = new Set(inFrom.tables.map(({ table }) => table));
  return search({ before, chunks, from, goesOn, names, run, spec, to });
}

interface Search extends Pick<Stretch, 'goesOn'> {
  readonly before: Omit<Bookmark, 'table' | 'chunk'>;
  readonly chunks: NonNullable<ReturnType<typeof chunksToSearch>>;
  readonly from: Asker;
  readonly to: Asker;
  /** The tables that `from` has. */
  readonly names: ReadonlySet<string>;
  readonly run: Target['run'];
  readonly spec: Spec;
}

async function search({ before, chunks, from, goesOn, names, run, spec, to }: Search): Promise<Orphans> {
  const rows: OrphanRow[] = [];
  let total = before.total;
  const inReach = chunks.slice(0, limits.chunksSearched - before.chunks);
  for (const [index, { chunk, table }] of inReach.entries()) {
    const ours = await to.rows(table, chunk);
    const theirs = names.has(table) ? await from.rows(table, chunk) : noRows;
    if (!ours.answered || !theirs.answered) {
      const why = [ours, theirs].map((one) => (one.answered ? '' : one.why)).join('');
      return { compared: false, rows, total, why: `${table}, chunk from ${chunk}: ${why}` };
    }
    const orphans = orphansOf(table, theirs.rows, ours.rows);
    total += orphans.length;
    rows.push(...orphans.filter(isShort).slice(0, spec.orphanRowsMax - before.rows - rows.length));
    if (index + 1 < inReach.length && !(await goesOn())) {
      const next = { table, chunk, chunks: before.chunks + index + 1, total, rows: before.rows + rows.length };
      const why = `${total} rows are only in ${run.to.region} so far: ${next.chunks} of ${before.chunks + chunks.length} chunks that differ were read`;
      return { compared: false, rows, total, why, next };
    }
  }
  return { rows, total, ...searched(before.chunks + chunks.length, total, run.to.region) };
}

const nothingYet = { chunks: 0, total: 0, rows: 0 };

const noRows: Answer<{ readonly rows: readonly Row[] }> = { answered: true, rows: [] };

/** A line of the journal holds one row at least. One that is longer is counted, and stays where it is. */
const isShort = (row: OrphanRow): boolean => JSON.stringify(row).length <= limits.rowCharacters;

const notCompared = (why: string, { total }: Pick<Bookmark, 'total'>): Orphans => ({
  compared: false,
  rows: [],
  total,
  why,
});

function searched(chunks: number, total: number, region: string): Pick<Orphans, 'compared' | 'why'> {
  const found = `${total} rows are only in ${region}`;
  if (chunks <= limits.chunksSearched) return { compared: true, why: `${found}: ${chunks} chunks differed` };
  return {
    compared: false,
    why: `${found}, as far as was looked: ${limits.chunksSearched} of ${chunks} chunks that differ`,
  };
}

async function positions(from: Asker, to: Asker): Promise<Pick<Facts, 'from' | 'to'>> {
  const both = await Promise.all([from.position(), to.position()]);
  return { from: both[0], to: both[1] };
}

async function compare({ tables: wanted = [] }: Spec, from: Asker, to: Asker): Promise<Answer<Comparison>> {
  const [inFrom, inTo] = await Promise.all([from.tables(), to.tables()]);
  if (!inFrom.answered) return inFrom;
  if (!inTo.answered) return inTo;
  const differences = differencesOf(inFrom.tables, inTo.tables);
  const named = new Set([...inFrom.tables, ...inTo.tables].map(({ table }) => table));
  return {
    answered: true,
    tables: inFrom.tables.length,
    rows: inFrom.tables.reduce((sum, { rows }) => sum + rows, 0),
    differing: differences.length,
    differences: await withKeys(differences.slice(0, limits.differences), from, to),
    missing: wanted.filter((table) => !named.has(table)),
    ...(await positions(from, to)),
  };
}

/** Names the first rows of the first chunks. Where they cannot be had, the chunk alone is named. */
async function withKeys(
  differences: readonly Difference[],
  from: Asker,
  to: Asker,
): Promise<Comparison['differences']> {
  const shown = differences.slice(0, limits.chunksShown).map(async (difference) => {
    const { chunk, table } = difference;
    if (chunk === undefined) return { ...difference, keys: [] };
    const [one, other] = await Promise.all([from.rows(table, chunk), to.rows(table, chunk)]);
    const keys = one.answered && other.answered ? differingKeys(one.rows, other.rows) : [];
    return { ...difference, keys: keys.slice(0, limits.keys) };
  });
  const rest = differences.slice(limits.chunksShown).map((difference) => ({ ...difference, keys: [] }));
  return [...(await Promise.all(shown)), ...rest];
}

/** The three questions of the protocol, put to the database of one place. */
interface Asker {
  position(): Promise<Answer<Position>>;
  tables(): Promise<Answer<{ readonly tables: readonly Table[] }>>;
  rows(table: string, chunk: string): Promise<Answer<{ readonly rows: readonly Row[] }>>;
}

interface Question {
  readonly path: string;
  readonly query: [name: string, value: string][];
  readonly timeoutMs: number;
}

function asker(spec: Spec, { place, region }: Side, outside: Outside): Asker {
  const source = spec[place];
  const isWanted = ({ table }: Table): boolean => spec.tables?.includes(table) ?? true;
  const ask = async <T extends object>(question: Question, shape: ZodType<T>): Promise<Answer<T>> => {
    const answer =
      'url' in source
        ? await byHttp(source, question, outside)
        : await byFunction(source, question, { region, outside });
    return answer.answered ? parsed(answer.value, shape, question) : answer;
  };
  const timeoutMs = spec.compareTimeoutSeconds * 1000;
  return {
    position: () => ask({ path: '/position', query: [], timeoutMs: spec.timeoutSeconds * 1000 }, Position),
    tables: async () => {
      const query = (spec.tables ?? []).map((table): [string, string] => ['table', table]);
      const answer = await ask({ path: '/tables', query, timeoutMs }, Tables);
      return answer.answered ? { ...answer, tables: answer.tables.filter(isWanted) } : answer;
    },
    rows: (table, chunk) => {
      const path = `/tables/${encodeURIComponent(table)}/chunks`;
      return ask({ path, query: [['from', chunk]], timeoutMs }, ChunkRows);
    },
  };
}

type Raw = Answer<{ readonly value: unknown }>;

async function byHttp({ url }: Extract<Source, { url: string }>, question: Question, outside: Outside): Promise<Raw> {
  const { path, query, timeoutMs } = question;
  const search = query.length === 0 ? '' : `?${new URLSearchParams(query)}`;
  const asked = url.replace(/\/+$/, '') + path + search;
  const answer = await outside.http({ method: 'GET', url: asked, timeoutMs, bodyBytesMax: answerBytesMax });
  if (!answer.answered) return answer;
  const { body, status } = answer;
  if (status !== 200) return silent(`${path} answers ${status}: ${body.slice(0, limits.excerpt)}`);
  return fromJson(body, question);
}

/**
 * A function may do anything, and nobody knows from outside whether it only reads: the leash of a dry run stops the call, and
 * that is an answer that decides nothing.
 */
async function byFunction(
  { function: FunctionName }: Extract<Source, { function: string }>,
  question: Question,
  { outside, region }: { readonly outside: Outside; readonly region: string },
): Promise<Raw> {
  const { path, query, timeoutMs: requestTimeout } = question;
  const { InvokeCommand, LambdaClient } = await import('@aws-sdk/client-lambda');
  const client = outside.client(LambdaClient, region);
  const Payload = Buffer.from(JSON.stringify({ path, query }));
  const command = new InvokeCommand({ FunctionName, InvocationType: 'RequestResponse', Payload });
  try {
    const answer = await converted(`asking ${FunctionName} in ${region} for ${path}`, () =>
      client.send(command, { requestTimeout }),
    );
    const text = new TextDecoder().decode(answer.Payload);
    if (answer.FunctionError !== undefined) return silent(`${FunctionName} fails: ${text.slice(0, limits.excerpt)}`);
    return fromJson(text, question);
  } catch (error) {
    if (error instanceof Leashed) return silent('a dry run invokes no function, as nobody knows what it does');
    if (isFailure(error)) return silent(error.message);
    throw error;
  }
}

const silent = (why: string): { readonly answered: false; readonly why: string } => ({ answered: false, why });

function fromJson(text: string, { path }: Question): Raw {
  try {
    return { answered: true, value: JSON.parse(text) };
  } catch {
    return silent(`${path} answers what is no JSON, or more than ${answerBytesMax} bytes`);
  }
}

function parsed<T extends object>(value: unknown, shape: ZodType<T>, { path }: Question): Answer<T> {
  const result = shape.safeParse(value);
  if (result.success) return { answered: true, ...result.data };
  const [issue] = result.error.issues;
  return silent(`${path} does not keep to the protocol: ${issue?.path.join('.')}: ${issue?.message}`);
}
