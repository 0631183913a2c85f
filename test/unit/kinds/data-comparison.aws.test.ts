import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import { leashedOutside } from '../../../shared/aws/leash.ts';
import type { HttpAnswer, HttpRequest } from '../../../shared/aws/outside.ts';
import { observe, reconcile } from '../../../shared/kinds/data-comparison/aws.ts';
import type { Row } from '../../../shared/kinds/data-comparison/protocol.ts';
import { arns, Spec } from '../../../shared/kinds/data-comparison/spec.ts';
import { outsideOf } from '../../support/outside-of.ts';
import { primary, recovery, sampleRun } from '../../support/sample-run.ts';

const wire = {
  primary: { url: 'http://primary/understudy/' },
  recovery: { url: 'http://recovery/understudy' },
  positions: 'lsn',
};
const spec = Spec.parse(wire);
const run = sampleRun({ purpose: 'failback', from: recovery, to: primary });
const sync = { phase: 'final-sync', run } as const;
const compare = { phase: 'compare', run } as const;

/** One database behind an endpoint; chunks are the first letters of keys. */
interface Database {
  readonly position?: object;
  readonly tables: Readonly<Record<string, readonly Row[]>>;
}

const chunkOf = ({ key }: Row): string => key.slice(0, 1);

function answer({ position, tables }: Database, { pathname, searchParams }: URL): unknown {
  const [, , , table, chunks] = pathname.split('/');
  if (pathname.endsWith('/position')) return position ?? { position: '0/30', writable: false };
  if (chunks === 'chunks') {
    return { rows: tables[table ?? '']?.filter((row) => chunkOf(row) === searchParams.get('from')) };
  }
  const sums = (rows: readonly Row[]) => ({ rows: rows.length, checksum: JSON.stringify(rows).slice(0, 200) });
  return {
    tables: Object.entries(tables).map(([name, rows]) => ({
      table: name,
      ...sums(rows),
      chunks: [...Map.groupBy(rows, chunkOf)].map(([from, some]) => ({ from, ...sums(some) })),
    })),
  };
}

type Reply = (request: HttpRequest) => HttpAnswer | undefined;

function endpoints(
  databases: { readonly primary: Database; readonly recovery: Database },
  instead: Reply = () => undefined,
) {
  const asked: string[] = [];
  const http = async (request: HttpRequest): Promise<HttpAnswer> => {
    const url = new URL(request.url);
    asked.push(`${url.host} ${url.pathname}${url.search}`);
    const database = url.host === 'primary' ? databases.primary : databases.recovery;
    return instead(request) ?? { answered: true, status: 200, body: JSON.stringify(answer(database, url)) };
  };
  return { outside: outsideOf({ http }), asked };
}

const row = (key: string, item = 'x'): Row => ({ key, row: { key, item } });
const same: Database = { tables: { orders: [row('a1'), row('b1')] } };
const unreachable: HttpAnswer = { answered: false, why: 'ECONNREFUSED' };

describe('observe', () => {
  it('asks both places for their positions', async () => {
    const { asked, outside } = endpoints({
      primary: { ...same, position: { position: '0/31', writable: false, replica: true } },
      recovery: same,
    });
    expect(await observe(spec, sync, outside)).toEqual({
      from: { answered: true, position: '0/30', writable: false },
      to: { answered: true, position: '0/31', writable: false, replica: true },
    });
    expect(asked.sort()).toEqual(['primary /understudy/position', 'recovery /understudy/position']);
  });

  it('does not read tables while the writer goes on, so that an evaluation costs nothing', async () => {
    const writing = { ...same, position: { position: '0/30', writable: true } };
    const { asked, outside } = endpoints({ primary: same, recovery: writing });
    expect(await observe(spec, compare, outside)).not.toHaveProperty('comparison');
    expect(asked).toHaveLength(2);
  });

  it('compares all tables, and looks at the positions once more', async () => {
    const { asked, outside } = endpoints({ primary: same, recovery: same });
    const { comparison } = await observe(spec, compare, outside);
    expect(comparison).toMatchObject({
      answered: true,
      tables: 1,
      rows: 2,
      differing: 0,
      differences: [],
      missing: [],
    });
    expect(asked.slice(-2).sort()).toEqual(['primary /understudy/position', 'recovery /understudy/position']);
  });

  it('names the first rows of what differs', async () => {
    const planted: Database = { tables: { orders: [row('a1'), row('b1', 'planted'), row('b2')] } };
    const { outside } = endpoints({ primary: planted, recovery: same });
    expect((await observe(spec, compare, outside)).comparison).toMatchObject({
      differing: 1,
      differences: [{ table: 'orders', chunk: 'b', what: '1 and 2 rows', keys: ['b1', 'b2'] }],
    });
  });

  it('keeps the facts small, however much differs', async () => {
    const many = [...'abcdefghijklmnopqrstuvwxyz'].map((letter) => row(letter));
    const others = many.map(({ key }) => row(key, 'y'));
    const { asked, outside } = endpoints({
      primary: { tables: { orders: many } },
      recovery: { tables: { orders: others } },
    });
    const { comparison } = await observe(spec, compare, outside);
    expect(comparison).toMatchObject({ differing: 26 });
    expect(comparison).toHaveProperty('differences.length', 20);
    expect(asked.filter((one) => one.includes('/chunks'))).toHaveLength(6);
  });

  it('asks for the tables of the plan only, and notices those that nobody has', async () => {
    const named = Spec.parse({ ...wire, tables: ['orders', 'a b&c'] });
    const more: Database = { tables: { ...same.tables, audit: [row('z1')] } };
    const { asked, outside } = endpoints({ primary: more, recovery: same });
    expect((await observe(named, compare, outside)).comparison).toMatchObject({
      tables: 1,
      differing: 0,
      missing: ['a b&c'],
    });
    expect(asked).toContain('primary /understudy/tables?table=orders&table=a+b%26c');
  });

  it.each<[string, HttpAnswer, RegExp]>([
    ['no answer', unreachable, /^ECONNREFUSED$/],
    ['another status', { answered: true, status: 500, body: 'oops' }, /^\/position answers 500: oops$/],
    ['no JSON', { answered: true, status: 200, body: '<html>' }, /^\/position answers what is no JSON/],
    [
      'another shape',
      { answered: true, status: 200, body: '{"position":7,"writable":false}' },
      /^\/position does not keep to the protocol: position: /,
    ],
  ])('%s is a fact', async (_title, reply, why) => {
    const { outside } = endpoints({ primary: same, recovery: same }, () => reply);
    expect((await observe(spec, compare, outside)).from).toEqual({ answered: false, why: expect.stringMatching(why) });
  });

  it('a table that cannot be read is a fact, too', async () => {
    const cut = ({ url }: HttpRequest): HttpAnswer | undefined => (url.includes('/tables') ? unreachable : undefined);
    const { outside } = endpoints({ primary: same, recovery: same }, cut);
    expect((await observe(spec, compare, outside)).comparison).toEqual({ answered: false, why: 'ECONNREFUSED' });
  });
});

describe('reconcile', () => {
  const whole = { goesOn: async () => true };
  const old: Database = {
    position: { position: '0/30', writable: true, replica: false },
    tables: { orders: [row('a1'), row('b1'), row('b2')] },
  };

  it('finds the rows that only the old primary has, and reads no chunk that is equal', async () => {
    const { asked, outside } = endpoints({
      primary: old,
      recovery: { tables: { orders: [row('a1'), row('b1'), row('c1')] } },
    });
    expect(await reconcile(spec, sync, outside, whole)).toEqual({
      compared: true,
      rows: [{ table: 'orders', key: 'b2', row: { key: 'b2', item: 'x' } }],
      total: 1,
      why: '1 rows are only in eu-west-1: 1 chunks differed',
    });
    expect(asked.filter((one) => one.includes('/chunks'))).toEqual([
      'primary /understudy/tables/orders/chunks?from=b',
      'recovery /understudy/tables/orders/chunks?from=b',
    ]);
  });

  it('does not ask the writer for the rows of a table that it has not', async () => {
    const { outside } = endpoints({ primary: old, recovery: { tables: {} } });
    expect(await reconcile(spec, sync, outside, whole)).toMatchObject({ compared: true, total: 3 });
  });

  it('counts all rows and hands on as many as the plan allows', async () => {
    const { outside } = endpoints({ primary: old, recovery: { tables: {} } });
    const orphans = await reconcile(Spec.parse({ ...wire, orphanRowsMax: 2 }), sync, outside, whole);
    expect(orphans).toMatchObject({ total: 3, rows: { length: 2 } });
  });

  it('counts a row that is too long for a line of the journal, and leaves it where it is', async () => {
    const long: Database = { ...old, tables: { orders: [row('a1', 'x'.repeat(300_001)), row('a2')] } };
    const { outside } = endpoints({ primary: long, recovery: { tables: {} } });
    const { rows, total } = await reconcile(spec, sync, outside, whole);
    expect([total, rows.map(({ key }) => key)]).toEqual([2, ['a2']]);
  });

  it('a replica has no rows of its own', async () => {
    const replica = { ...old, position: { position: '0/30', writable: false, replica: true } };
    const { asked, outside } = endpoints({ primary: replica, recovery: same });
    expect(await reconcile(spec, sync, outside, whole)).toMatchObject({ compared: true, rows: [], total: 0 });
    expect(asked).toHaveLength(1);
  });

  it.each([
    ['the old primary', (url: string) => url.includes('//primary')],
    ['the writer', (url: string) => url.includes('//recovery')],
    ['the rows of a chunk', (url: string) => url.includes('/chunks')],
  ])('says that it has not compared when %s cannot be asked', async (_title, isCut) => {
    const { outside } = endpoints({ primary: old, recovery: { tables: {} } }, ({ url }) =>
      isCut(url) ? unreachable : undefined,
    );
    const orphans = await reconcile(spec, sync, outside, whole);
    expect(orphans).toMatchObject({ compared: false, rows: [], why: expect.stringContaining('ECONNREFUSED') });
  });

  it('says so when more differs than it reads', async () => {
    const many = Array.from({ length: 2001 }, (_, index) => row(String.fromCodePoint(0x4e00 + index)));
    const { asked, outside } = endpoints({ primary: { ...old, tables: { orders: many } }, recovery: { tables: {} } });
    expect(await reconcile(spec, sync, outside, whole)).toMatchObject({ compared: false, total: 2000 });
    expect(asked.filter((one) => one.includes('/chunks'))).toHaveLength(2000);
  });

  it('is handed on from one stretch to the next, and finds the same as in one', async () => {
    const keys = ['a1', 'b1', 'b2', 'c1', 'd1'];
    const { asked, outside } = endpoints({
      primary: { ...old, tables: { orders: keys.map((key) => row(key)) } },
      recovery: { tables: { orders: [row('b1')] } },
    });
    const once = await reconcile(spec, sync, outside, whole);
    const read = asked.filter((one) => one.startsWith('primary') && one.includes('/chunks'));
    asked.splice(0);
    const rows = [];
    let last = await reconcile(spec, sync, outside, { goesOn: async () => false });
    for (rows.push(...last.rows); last.next !== undefined; rows.push(...last.rows)) {
      last = await reconcile(spec, sync, outside, { after: last.next, goesOn: async () => false });
    }
    expect({ ...last, rows }).toEqual(once);
    expect(asked.filter((one) => one.startsWith('primary') && one.includes('/chunks'))).toEqual(read);
    expect(read).toHaveLength(4);
  });

  it('hands on no more rows in all stretches together than the plan allows, and counts them all', async () => {
    const { outside } = endpoints({ primary: old, recovery: { tables: {} } });
    const two = Spec.parse({ ...wire, orphanRowsMax: 2 });
    const first = await reconcile(two, sync, outside, { goesOn: async () => false });
    expect(first).toMatchObject({ compared: false, total: 1, next: { chunk: 'a', chunks: 1, rows: 1 } });
    const after = first.next ?? expect.unreachable();
    expect(await reconcile(two, sync, outside, { ...whole, after })).toMatchObject({ total: 3, rows: { length: 1 } });
  });

  it('does not count twice when the chunk at which it stopped is gone: it says that it has not compared', async () => {
    const { outside } = endpoints({ primary: old, recovery: { tables: {} } });
    const after = { table: 'orders', chunk: 'z', chunks: 1, total: 7, rows: 7 };
    expect(await reconcile(spec, sync, outside, { ...whole, after })).toMatchObject({
      compared: false,
      total: 7,
      rows: [],
    });
  });
});

describe('a function as the source', () => {
  const lambda = mockClient(LambdaClient);
  beforeEach(() => lambda.reset());
  const byFunction = Spec.parse({ ...wire, primary: { function: 'compare' }, recovery: { function: 'compare' } });
  const payload = (value: unknown) => ({ Payload: new TextEncoder().encode(JSON.stringify(value)) as never });

  it('is asked the same questions', async () => {
    lambda.on(InvokeCommand).resolves(payload({ position: '0/30', writable: false }));
    const { from, to } = await observe(byFunction, sync, outsideOf());
    expect([from, to]).toEqual(Array(2).fill({ answered: true, position: '0/30', writable: false }));
    const [input] = lambda.calls().map(({ args }) => args[0].input);
    expect(input).toMatchObject({ FunctionName: 'compare', InvocationType: 'RequestResponse' });
    expect(JSON.parse(new TextDecoder().decode(Reflect.get(input ?? {}, 'Payload')))).toEqual({
      path: '/position',
      query: [],
    });
  });

  it.each([
    [
      'its own error',
      () =>
        lambda.on(InvokeCommand).resolves({ ...payload({ errorMessage: 'no database' }), FunctionError: 'Unhandled' }),
      /^compare fails: .*no database/,
    ],
    [
      'a missing permission',
      () =>
        lambda.on(InvokeCommand).rejects(
          Object.assign(new Error('no'), {
            name: 'AccessDeniedException',
            $fault: 'client',
            $metadata: { httpStatusCode: 403 },
          }),
        ),
      /AccessDeniedException/,
    ],
  ])('%s is a fact', async (_title, prepare, why) => {
    prepare();
    expect((await observe(byFunction, sync, outsideOf())).to).toEqual({
      answered: false,
      why: expect.stringMatching(why),
    });
  });

  it('is not invoked by a dry run, which says so', async () => {
    const leashed = leashedOutside(
      { callTimeoutMs: 100, maxAttempts: 1, credentials: { accessKeyId: 'a', secretAccessKey: 'b' } },
      outsideOf(),
    );
    lambda.restore();
    const why = 'a dry run invokes no function, as nobody knows what it does';
    expect((await observe(byFunction, sync, leashed)).from).toEqual({ answered: false, why });
  });

  it('needs the permission to invoke it, in both Regions; a URL needs none', () => {
    const leg = { phase: 'compare', from: recovery, to: primary } as const;
    expect(arns(byFunction, leg)['lambda:InvokeFunction']).toHaveLength(2);
    expect(arns(spec, leg)).toEqual({});
  });
});
