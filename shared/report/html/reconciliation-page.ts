import {
  headline,
  type OrphanTable,
  type ReconciledResource,
  type Reconciliation,
  type ReplayableRow,
} from '../reconciliation.ts';
import { count, plural } from '../words.ts';
import { documentOf } from './document.ts';
import { html, type Markup, nothing } from './markup.ts';

/** A browser should open it. All rows stand in the JSON. */
const limits = { rows: 1000, characters: 2000 } as const;

export const reconciliationPage = (report: Reconciliation): Markup =>
  documentOf(
    `Reconciliation of ${report.run}`,
    html`<p class="eyebrow">Reconciliation · run ${report.run} · <time datetime="${report.reconciledAt}">${report.reconciledAt}</time></p>
<h1>${headline(report)}</h1>
${report.resources.map(resourceSection)}
<section><h2>The rows</h2>
${rowsTable(report)}</section>
<footer><p><strong>Nothing was replayed.</strong>
The old primary keeps these rows until its snapshot and its renamed instance are deleted. A row that was deleted in the Region in charge since the failover looks the same as one that never arrived there: decide row by row.</p></footer>`,
  );

const resourceSection = ({
  compared,
  resource,
  tables,
  why,
}: ReconciledResource): Markup => html`<section><h2>${resource}${compared ? nothing : html` <span class="unknown-mark">not all compared</span>`}</h2>
<p>${why}</p>
${tables.length === 0 ? nothing : tablesTable(tables)}</section>
`;

const tablesTable = (tables: readonly OrphanTable[]): Markup =>
  html`<table><thead><tr><th scope="col">Table</th><th scope="col" class="number">Rows</th><th scope="col">First written</th><th scope="col">Last written</th></tr></thead>
<tbody>${tables.map(tableRow)}</tbody></table>`;

const tableRow = ({ firstWrittenAt, lastWrittenAt, rows, table }: OrphanTable): Markup =>
  html`<tr><th scope="row">${table}</th><td class="number">${count(rows)}</td><td>${firstWrittenAt ?? 'not told'}</td><td>${lastWrittenAt ?? 'not told'}</td></tr>`;

function rowsTable({ rows }: Reconciliation): Markup {
  if (rows.length === 0) return html`<p class="why">No row is written down.</p>`;
  const left = rows.length - limits.rows;
  const more = left > 0 ? html`<p class="note">${plural(left, 'more row')}: in the JSON of this report.</p>` : nothing;
  return html`<div class="scroll"><table><thead><tr><th scope="col">Table</th><th scope="col">Key</th><th scope="col">Written</th><th scope="col">Row</th></tr></thead>
<tbody>${rows.slice(0, limits.rows).map(orphanRow)}</tbody></table></div>${more}`;
}

function orphanRow({ key, row, table, writtenAt = 'not told' }: ReplayableRow): Markup {
  const text = JSON.stringify(row);
  const shown = text.length > limits.characters ? `${text.slice(0, limits.characters)} …` : text;
  return html`<tr><td>${table}</td><th scope="row">${key}</th><td>${writtenAt}</td><td><code>${shown}</code></td></tr>`;
}
