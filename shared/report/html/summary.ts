import { type GameDayReport, headline, regionsOf, shortfalls } from '../game-day-report.ts';
import { count, duration, milliseconds } from '../words.ts';
import { html, type Markup, nothing } from './markup.ts';

/** What a reader needs who reads nothing else: the verdict, the two objectives, what stands against it. */
export function summary(report: GameDayReport): Markup {
  const { application, objectives, measured, scenario, verdict } = report;
  const against = shortfalls(report);
  return html`<header>
<p class="eyebrow"><span class="verdict ${verdict}">${verdict === 'passed' ? '✓ Passed' : '✗ Failed'}</span><span>Game day of ${application}</span><span>Scenario ${scenario}</span></p>
<h1>${headline(report)}</h1>
<p class="story">${story(report)}</p>
${against.length === 0 ? nothing : html`<ul class="shortfalls">${against.map((sentence) => html`<li>${sentence}</li>`)}</ul>`}
<dl class="objectives">
${objective('Recovery time (RTO)', measured.rtoSeconds, objectives.rtoSeconds)}
${objective('Data loss (RPO)', measured.rpoSeconds, objectives.rpoSeconds)}
</dl>
<dl class="figures">
${figure('writes acknowledged', count(measured.acknowledgedWrites))}
${figure('acknowledged writes lost', count(measured.acknowledgedWritesLost))}
${figure('writers in both Regions at once', milliseconds(measured.writersOverlapMs))}
${figure(`of the RTO in DNS caches, at a TTL of ${duration(measured.ttlSeconds)}`, duration(measured.dnsCacheShareSeconds))}
</dl>
</header>`;
}

function story(report: GameDayReport): string {
  const { lost } = regionsOf(report);
  if (report.lostAt === null) return 'No Region was taken away: the game day ended before.';
  if (report.run === null) return `${lost} was taken away, and no run was opened.`;
  const { epoch, id, reason, to, trigger } = report.run;
  return `${lost} was taken away under load, and ${to} took over in run ${id}, epoch ${epoch}, started by ${trigger}: ${reason}`;
}

function objective(name: string, seconds: number | null, objectiveSeconds: number): Markup {
  const met = seconds !== null && seconds <= objectiveSeconds;
  const share = seconds === null ? 0 : Math.min(100, objectiveSeconds === 0 ? 100 : (seconds / objectiveSeconds) * 100);
  const width = seconds === 0 ? 0 : Math.max(0.5, share);
  return html`<div class="objective ${met ? 'met' : 'missed'}"><dt>${name}</dt>
<dd class="value">${duration(seconds)}</dd>
<dd><div class="meter" aria-hidden="true"><span style="width:${width.toFixed(1)}%"></span></div>
<p class="note">${met ? 'Within' : 'Not within'} the objective of ${duration(objectiveSeconds)}</p></dd></div>`;
}

const figure = (name: string, value: string): Markup => html`<div><dt>${name}</dt><dd>${value}</dd></div>`;
