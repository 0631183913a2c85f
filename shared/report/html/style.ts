/** Inline, so that the page needs nothing from anywhere. One accent: the Region that took over. Grey: the one that was lost. */
export const style = `
:root{color-scheme:light dark;--page:#fff;--ink:#1b1d1f;--muted:#62676c;--line:#e6e6e3;--faint:#f5f5f3;--lost:#b9bbb8;--lost-edge:#8d908d;--accent:#0b7a70;--area:#5fb3aa;--bar:#4a5056;--bad:#b3261e;--doubt:#8a5a00}
@media (prefers-color-scheme:dark){:root{--page:#141517;--ink:#e9e9e6;--muted:#9da1a6;--line:#2c2e31;--faint:#1c1e20;--lost:#4b4e51;--lost-edge:#76797c;--accent:#46c9bb;--area:#23786f;--bar:#a9adb1;--bad:#ff8b80;--doubt:#e6b35a}}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%}
body{margin:0;background:var(--page);color:var(--ink);font:15px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;font-variant-numeric:tabular-nums;overflow-wrap:anywhere}
main{max-width:1040px;margin:0 auto;padding:64px 40px 48px}
h1{font-size:34px;line-height:1.2;font-weight:600;letter-spacing:-.02em;margin:14px 0 10px;text-wrap:balance}
h1 span{display:block}h1 span+span{color:var(--muted);font-weight:400}
h2{font-size:13px;line-height:1.4;font-weight:600;color:var(--muted);margin:0 0 18px}
p{margin:0}
section{margin-top:60px}
.eyebrow{display:flex;gap:10px;align-items:baseline;flex-wrap:wrap;font-size:13px;color:var(--muted)}
.verdict{font-weight:600}.verdict.passed{color:var(--accent)}.verdict.failed{color:var(--bad)}
.story{color:var(--muted);max-width:52em;margin-top:18px}
.story p+p{margin-top:4px;font-size:13px}
.word{white-space:nowrap}
.shortfalls{margin:18px 0 0;padding:0 0 0 16px;border-left:2px solid var(--bad);list-style:none}
.shortfalls li+li{margin-top:4px}
.objectives{display:grid;grid-template-columns:1fr 1fr;gap:48px;margin:48px 0 0}
.objective dt{font-size:13px;color:var(--muted)}
.objective dd{margin:0}
.objective .value{font-size:44px;line-height:1.15;font-weight:600;letter-spacing:-.03em;margin:2px 0 14px}
.objective.missed .value{color:var(--bad)}
.meter{height:3px;border-radius:2px;background:var(--line);overflow:hidden;margin-bottom:10px}
.meter span{display:block;height:100%;background:var(--accent);border-radius:2px}
.missed .meter span{background:var(--bad)}
.note{font-size:13px;color:var(--muted)}
.figures{display:grid;grid-template-columns:repeat(4,1fr);gap:24px;margin:40px 0 0;padding-top:22px;border-top:1px solid var(--line)}
.figures div{display:flex;flex-direction:column-reverse;justify-content:flex-end}
.figures dt{font-size:13px;line-height:1.4;color:var(--muted)}
.figures dd{margin:0 0 2px;font-size:18px;font-weight:500}
.legend{display:flex;flex-wrap:wrap;gap:6px 24px;margin:0 0 20px;padding:0;list-style:none;font-size:13px;color:var(--muted)}
.legend i{display:inline-block;width:10px;height:10px;border-radius:2px;margin-right:8px}
.legend .lost{background:var(--lost)}.legend .recovered{background:var(--area)}.legend .failed{background:var(--bad)}
.scroll{overflow-x:auto}
svg{display:block;width:100%;min-width:720px;height:auto}
svg text{font-size:12px;fill:var(--muted)}
svg .grid path{stroke:var(--line);stroke-width:1;fill:none}
svg .axis{stroke:var(--lost-edge);stroke-width:1}
svg .area.lost{fill:var(--lost)}
svg .area.recovered{fill:var(--area)}
svg .area.failed{fill:var(--bad);fill-opacity:.85}
svg .loss{stroke:var(--ink);stroke-width:1.25}
svg .written{stroke:var(--accent);stroke-width:1.25}
svg .bracket{stroke:var(--ink);stroke-width:1.25}
svg .mark{fill:var(--ink)}svg .mark.accent{fill:var(--accent)}svg .mark.missing{fill:var(--bad)}
svg .rto{font-size:14px;font-weight:600;fill:var(--ink)}
svg .step{fill:var(--ink)}
svg .bar{fill:var(--bar)}
svg .bar.parallel{fill:var(--page);stroke:var(--bar);stroke-width:1.25}
svg .bar.cache{fill:var(--page);stroke:var(--muted);stroke-width:1.25;stroke-dasharray:3 3}
svg .bar.open{fill:var(--faint);stroke:var(--bad);stroke-width:1.25;stroke-dasharray:3 3}
svg .took{paint-order:stroke;stroke:var(--page);stroke-width:5px;stroke-linejoin:round}
svg .took.inside{stroke:none;font-size:10.5px;fill:var(--ink)}
svg .empty{font-size:13px}
details{margin-top:20px;font-size:13px;color:var(--muted)}
summary{cursor:pointer;width:max-content}
summary:hover{color:var(--ink)}
summary:focus-visible{outline:2px solid var(--accent);outline-offset:3px;border-radius:2px}
details table{margin-top:14px;color:var(--ink)}
table{width:100%;border-collapse:collapse;font-size:14px}
caption{text-align:left;font-size:13px;color:var(--muted);padding-bottom:8px}
th,td{text-align:left;vertical-align:top;padding:9px 24px 9px 0;border-bottom:1px solid var(--line)}
th:last-child,td:last-child{padding-right:0}
thead th{font-size:12px;font-weight:500;color:var(--muted);padding-top:0}
tbody th{font-weight:400}
td.number,th.number{text-align:right;white-space:nowrap}
.checks td:first-child{white-space:nowrap;width:7.5em}
.checks tbody th{width:4.5em;color:var(--muted)}
.passed-mark{color:var(--accent)}.failed-mark{color:var(--bad);font-weight:600}.unknown-mark{color:var(--doubt);font-weight:600}
.why{color:var(--muted)}
.timeline tbody td{padding-top:5px;padding-bottom:5px;border-bottom:0}
.timeline tbody tr:not(.again) td{border-top:1px solid var(--line)}
.timeline tbody tr:first-child td{border-top:0}
.timeline tbody tr:last-child td{border-bottom:1px solid var(--line)}
.timeline .at{white-space:nowrap;color:var(--muted);width:7.5em}
.timeline .step{white-space:nowrap;width:7em}
.timeline .event{white-space:nowrap;color:var(--muted);width:8em}
.timeline .lab td{font-weight:600;color:var(--ink)}
.timeline .trouble .event,.timeline .trouble .reason{color:var(--bad)}
.timeline .look .reason{color:var(--muted)}
.timeline .again .step{color:transparent}
code{font:12.5px/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace}
.timeline code{margin-right:8px}
footer{margin-top:72px;padding-top:22px;border-top:1px solid var(--line);font-size:13px;color:var(--muted)}
footer strong{display:block;font-weight:600;color:var(--ink);margin-bottom:4px}
footer p+p{margin-top:10px}
@media (max-width:700px){main{padding:36px 20px}h1{font-size:27px}.objectives{grid-template-columns:1fr;gap:32px}.figures{grid-template-columns:1fr 1fr}th,td{padding-right:12px}}
@media print{body{font-size:11pt}main{max-width:none;padding:0}section{margin-top:28px}h1{font-size:27px}.objectives{margin-top:26px}.objective .value{font-size:34px;margin-bottom:8px}.figures{margin-top:22px;padding-top:14px}.legend{margin-bottom:10px}svg{width:88%;min-width:0}h2,summary,.legend{break-after:avoid}tr,svg,.objectives{break-inside:avoid}*{print-color-adjust:exact;-webkit-print-color-adjust:exact}details:not([open]){display:none}}
`;
