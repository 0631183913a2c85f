import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { tellReconciliation } from '../../../cli/commands/reconciliation.ts';
import type { Operator } from '../../../cli/operator/operator.ts';
import type { JournalNote } from '../../../shared/domain/journal.ts';
import { entriesOf } from '../../support/sample-run.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'reconciliation-'));
});
afterEach(() => rm(folder, { recursive: true }));

const line = { step: 'reconcile', event: 'reconciled', resource: 'orders-data', why: 'told' } as const;
const rows = [{ table: 'orders', key: '1', row: { id: '1' } }];
const whole = (summary: object = {}): readonly Partial<JournalNote>[] => [
  { ...line, data: { rows } },
  { ...line, data: { compared: true, total: 1, pieces: 1, ...summary } },
];

/** Only what the command uses: it reads one journal. */
function operator(
  notes: readonly Partial<JournalNote>[],
  options: Operator['options'] = {},
  broken?: object,
): Operator {
  const journal = { read: async () => entriesOf(...notes), firstBreak: () => broken };
  return { coordination: { journal }, options, words: ['run-1'] } as unknown as Operator;
}

describe('understudy reconciliation', () => {
  it('writes the files that it is asked for, and names them', async () => {
    const files = { rows: join(folder, 'rows.jsonl'), html: join(folder, 'page.html') };
    const { done, text } = await tellReconciliation(operator(whole(), files));
    expect(done).toBe(true);
    expect(text.trimEnd().split('\n').slice(-2)).toEqual([`${files.rows} written`, `${files.html} written`]);
    expect(JSON.parse(await readFile(files.rows, 'utf8'))).toEqual({ resource: 'orders-data', ...rows[0] });
    expect(await readFile(files.html, 'utf8')).toMatch(/^<!doctype html>/);
  });

  it.each([
    ['not everything was compared', operator(whole({ compared: false }))],
    ['nothing was reconciled', operator([{ event: 'settled' }])],
    ['there is no such run', operator([])],
    ['somebody has changed the journal', operator(whole(), {}, { sequence: 1, why: 'hash' })],
  ])('does not say "done" when %s', async (_title, one) => {
    expect((await tellReconciliation(one)).done).toBe(false);
  });

  it('tells why a file cannot be written', async () => {
    const nowhere = { rows: join(folder, 'none', 'rows.jsonl') };
    await expect(tellReconciliation(operator(whole(), nowhere))).rejects.toMatchObject({ name: 'UsageError' });
  });
});
