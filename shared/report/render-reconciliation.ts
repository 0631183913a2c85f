import { reconciliationPage } from './html/reconciliation-page.ts';
import { between, headline, type Reconciliation } from './reconciliation.ts';
import { plainLine, plural } from './words.ts';

/** The report as one self-contained page: no script, no request to anywhere. */
export const renderReconciliationHtml = (report: Reconciliation): string => reconciliationPage(report).markup;

/** What a terminal shows: the numbers, not the rows. */
export function renderReconciliation(report: Reconciliation): string {
  const resources = report.resources.flatMap(({ tables, why }) => [
    plainLine(why),
    ...tables.map(({ rows, table, ...span }) => `  ${plainLine(table)}: ${plural(rows, 'row')}${between(span)}`),
  ]);
  return `${[headline(report), ...resources].join('\n')}\n`;
}
