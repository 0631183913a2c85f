import { type GameDayReport, regionsOf } from '../game-day-report.ts';
import { isoOf } from '../words.ts';
import { chart } from './chart.ts';
import { documentOf } from './document.ts';
import { homeView } from './home-view.ts';
import { html, type Markup, nothing } from './markup.ts';
import { summary } from './summary.ts';
import { chartTables, checksTable, timelineTable } from './tables.ts';

export const page = (report: GameDayReport): Markup =>
  documentOf(
    `Game day of ${report.application}: ${report.verdict}`,
    html`${summary(report)}
<section><h2>What happened</h2>
${legend(report)}
<div class="scroll">${chart(report)}</div>
${chartTables(report)}</section>
${home(report)}
<section><h2>What was checked</h2>
${checksTable(report.checks)}</section>
<section><h2>What was done, and why</h2>
<div class="scroll">${timelineTable(report)}</div></section>
${footer(report)}`,
  );

/** The same chart for the planned run, drawn from its opening, and as there the Region that is left is the grey one. */
function home(report: GameDayReport): Markup {
  const view = homeView(report);
  if (view === undefined) return nothing;
  return html`<section><h2>The way home</h2>
${legend(view)}
<div class="scroll">${chart(view, 'home')}</div></section>`;
}

function legend(report: GameDayReport): Markup {
  const { lost, recovered } = regionsOf(report);
  const taker =
    recovered === undefined ? nothing : html`<li><i class="recovered"></i>acknowledged in ${recovered}</li>`;
  return html`<ul class="legend"><li><i class="lost"></i>acknowledged in ${lost}</li>${taker}<li><i class="failed"></i>failed, on its own scale</li></ul>`;
}

const footer = ({ environment, startedAt }: GameDayReport): Markup => html`<footer>
<p><strong>Measured in the lab on one machine; not a prediction for AWS.</strong>
Both Regions, their databases, the DNS and the clients shared this machine. Real Regions are further apart, and their control planes take longer to answer.</p>
<p>${environment.cpus} CPUs · ${environment.platform} · Node ${environment.node} · PostgreSQL ${environment.postgres} · game day of <time datetime="${isoOf(startedAt)}">${isoOf(startedAt)}</time></p>
</footer>`;
