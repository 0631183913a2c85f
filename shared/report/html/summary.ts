import { type GameDayReport, headline, shortfalls } from '../game-day-report.ts';
import { count, duration, milliseconds } from '../words.ts';
import { html, type Markup, nothing } from './markup.ts';

/** What a reader needs who reads nothing else: the verdict, the two objectives, what stands against it. */
export function summary(report: GameDayReport): Markup {
  const { application, measured, notDue, objectives, scenario, verdict } = report;
  const against = shortfalls(report);
  const accepted = measured.acceptedLossSeconds;
  const met = html`<dl class="objectives">
${objective('Recovery time (RTO)', measured.rtoSeconds, objectives.rtoSeconds)}
${objective('Data loss (RPO)', measured.rpoSeconds, objectives.rpoSeconds)}
</dl>`;
  return html`<header>
<p class="eyebrow"><span class="verdict ${verdict}">${verdict === 'passed' ? '✓ Passed' : '✗ Failed'}</span><span>Game day of ${application}</span><span>Scenario ${scenario}</span></p>
<h1>${headline(report).map((sentence) => html`<span>${sentence} </span>`)}</h1>
<div class="story">${story(report)}</div>
${against.length === 0 ? nothing : html`<ul class="shortfalls">${against.map((sentence) => html`<li>${sentence}</li>`)}</ul>`}
${notDue === null ? met : html`<p class="why">The objectives for time and loss are not applicable: no failover was due.</p>`}
<dl class="figures">
${figure('writes acknowledged', count(measured.acknowledgedWrites))}
${accepted === undefined ? nothing : figure('loss that a person has accepted', accepted === 'unknown' ? 'whatever it is' : duration(accepted))}
${figure('acknowledged writes lost', count(measured.acknowledgedWritesLost))}
${figure('writers in both Regions at once', milliseconds(measured.writersOverlapMs))}
${measured.failbackWriteGapSeconds === undefined ? nothing : homeFigures(measured)}
${notDue === null ? figure(`of the RTO in DNS caches, at a TTL of ${duration(measured.ttlSeconds)}`, duration(measured.dnsCacheShareSeconds)) : nothing}
</dl>
</header>`;
}

function story(report: GameDayReport): Markup {
  const told = html`<p>${report.story}</p>
${report.notDue === null ? nothing : html`<p>${report.notDue}</p>`}`;
  if (report.lostAt === null) return html`${told}<p>The game day ended before the fault.</p>`;
  if (report.run === null) return html`${told}<p>No run was opened.</p>`;
  const { epoch, from, id, reason, to, trigger } = report.run;
  const role = report.measured.rtoSeconds === null ? 'was to take over' : 'took over';
  return html`${told}<p>${word(to)} ${role} from ${word(from)}.</p>
<p>Run ${word(id)} · ${word(`epoch ${epoch}`)} · started by ${trigger}: ${reason}</p>`;
}

/** Names are not broken at their dashes. */
const word = (text: string): Markup => html`<span class="word">${text}</span>`;

function objective(name: string, seconds: number | null, objectiveSeconds: number): Markup {
  const met = seconds !== null && seconds <= objectiveSeconds;
  const judged = met ? 'Within' : seconds === null ? 'To be compared with' : 'Above';
  return html`<div class="objective ${met ? 'met' : 'missed'}"><dt>${name}</dt>
<dd class="value">${duration(seconds)}</dd>
<dd><div class="meter" aria-hidden="true"><span style="width:${usedPercent(seconds, objectiveSeconds)}%"></span></div>
<p class="note">${judged} the objective of ${duration(objectiveSeconds)}</p></dd></div>`;
}

/** How much of the objective was used up; a little is still to be seen. */
function usedPercent(seconds: number | null, objectiveSeconds: number): number {
  if (seconds === null || seconds === 0) return 0;
  if (seconds >= objectiveSeconds) return 100;
  return Math.max(0.5, Math.round((seconds / objectiveSeconds) * 1000) / 10);
}

const homeFigures = (measured: GameDayReport['measured']): Markup =>
  html`${figure('without an acknowledged write, going home', duration(measured.failbackWriteGapSeconds ?? null))}
${figure('acknowledged writes lost, going home', count(measured.failbackAcknowledgedWritesLost ?? null))}
${figure('orphaned writes', count(measured.orphanedWrites ?? null))}
${figure('of them kept with the old primary', count(measured.orphanedWritesKept ?? null))}`;

const figure = (name: string, value: string): Markup => html`<div><dt>${name}</dt><dd>${value}</dd></div>`;
