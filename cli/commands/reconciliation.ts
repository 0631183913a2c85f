import { writeFile } from 'node:fs/promises';
import { type Reconciliation, reconciliationOf, renderRows } from '../../shared/report/reconciliation.ts';
import { renderReconciliation, renderReconciliationHtml } from '../../shared/report/render-reconciliation.ts';
import { type Operator, operatorCommand, type Said } from '../operator/operator.ts';
import { UsageError } from '../terminal/exit-codes.ts';

export const reconciliation = operatorCommand({
  summary: 'which acknowledged writes only the old primary has, from the journal of a run',
  usage: 'reconciliation RUN',
  about: `RUN is the failback or reprotect that has returned to the old primary. It prints how many rows there are, from
when to when they were written, by table. --json prints the whole report, its rows included. The rows are JSON
without SQL, as how to replay them is the application's matter (docs/reconciliation.md).`,
  words: { min: 1, max: 1 },
  needsReason: false,
  options: {
    rows: { value: 'FILE', meaning: 'writes the rows as JSON lines, one a row' },
    html: { value: 'FILE', meaning: 'writes the report as a page that needs nothing from anywhere' },
  },
  run: tellReconciliation,
});

/** Nothing is concluded from a journal that somebody has changed. */
export async function tellReconciliation({ coordination, options, words: [runId = ''] }: Operator): Promise<Said> {
  const entries = await coordination.journal.read(runId);
  const broken = coordination.journal.firstBreak(entries);
  if (broken !== undefined) return none(runId, `its journal is broken: ${broken.why}`);
  const report = reconciliationOf(entries);
  if (report === undefined) return none(runId, 'it has reconciled nothing');
  const written = await writeFiles(report, options);
  return { done: report.compared, text: renderReconciliation(report) + written, json: report };
}

const none = (run: string, why: string): Said => ({
  done: false,
  text: `no reconciliation of ${run}: ${why}\n`,
  json: { run, why },
});

/** @throws UsageError for a file that cannot be written */
async function writeFiles(report: Reconciliation, { html, rows }: Operator['options']): Promise<string> {
  try {
    if (rows !== undefined) await writeFile(rows, renderRows(report));
    if (html !== undefined) await writeFile(html, renderReconciliationHtml(report));
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
  return [rows, html].flatMap((file) => (file === undefined ? [] : [`${file} written\n`])).join('');
}
