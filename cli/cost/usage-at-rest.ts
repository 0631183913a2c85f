import type { Plan } from '../../shared/domain/plan.ts';
import { places } from '../../shared/domain/run.ts';
import type { Usage } from './bill.ts';
import { type Design, gbOf } from './deployment.ts';

const minutes = (365 * 24 * 60) / 12;
const seconds = minutes * 60;
const observers = 3;
/** Lambda keeps five long polls of 20 s going at each queue – lambda/latest/dg/services-sqs-scaling.html */
const pollsAMinute = 5 * 3;
/** What the two places that hold data have, and the witness has not. */
const holders = places.length;

/** A month in which nothing happens. */
export function usageAtRest(plan: Plan, design: Design): readonly Usage[] {
  return [
    ...probing(plan, design),
    ...guarding(plan, design),
    ...watchingRuns(plan, design),
    ...watching(plan, design),
    ...evaluating(plan, design),
  ];
}

function probing({ detection }: Plan, design: Design): readonly Usage[] {
  const { everySeconds } = detection.probes;
  if (design.kind === 'loops') {
    const calls = seconds / (everySeconds * design.quietProbesPerBatch);
    return [
      lambda('probe', observers * seconds, 'probe', `${observers} Regions × every second of the month`),
      ...starts('probe', observers * minutes),
      {
        part: 'probe: results',
        price: 'putMetricData',
        quantity: observers * calls,
        arithmetic: `${observers} Regions × one call for ${design.quietProbesPerBatch} quiet turns`,
      },
    ];
  }
  const ticks = (observers * seconds) / design.everySeconds;
  return [...ticking(ticks, design), results(ticks)];
}

/** In the embedded metric format: a line of the log is the metric, and bad news is sent besides, at once. */
const results = (ticks: number): Usage => ({
  part: 'probe: results as log lines',
  price: 'logsGb',
  quantity: (ticks * 300) / 1e9,
  arithmetic: `${whole(ticks)} lines of 300 bytes`,
});

function guarding({ policy }: Plan, design: Design): readonly Usage[] {
  if (policy.lease === undefined) return [];
  const every = design.kind === 'loops' ? policy.lease.renewEverySeconds : design.everySeconds;
  const turns = seconds / every;
  const table: readonly Usage[] = [
    {
      part: 'guard: renewals of the lease',
      price: 'tableWrite',
      quantity: turns * holders,
      arithmetic: `one each ${every} s × ${holders} replicas`,
    },
    {
      part: 'guard: looks at the lease and the lock',
      price: 'tableRead',
      quantity: turns * holders * 2,
      arithmetic: `${holders} Regions × one turn each ${every} s × 2 reads`,
    },
  ];
  if (design.kind === 'ticks') return table;
  return [
    ...table,
    lambda('guard', holders * seconds, 'guard', `${holders} Regions × every second of the month`),
    ...starts('guard', holders * minutes),
  ];
}

/** The watchdog of runs: it looks four times in the time after which a run counts as dead, and sleeps in between. */
function watchingRuns({ policy }: Plan, { kind }: Design): readonly Usage[] {
  const pauseSeconds = policy.takeOverAfterSeconds / 4;
  const asleep = kind === 'loops' ? Math.max(0, Math.ceil(60 / pauseSeconds) - 1) * pauseSeconds : 0;
  const looks = holders * minutes;
  return [
    lambda('watchdog', looks * (asleep + 0.3), 'watchdog', `${holders} Regions × ${asleep + 0.3} s a minute`),
    ...starts('watchdog', looks),
  ];
}

/** Of a place: whether probes fail, whether they are answered at all, the heartbeat it replays, and its rate of writes. */
const metricsOfAPlace = 4;
/** Of an observer about itself. */
const metricsOfItself = 1;

/** The alarms that the stack creates for the plan's signals, and the metrics behind them. */
function watching({ detection }: Plan, design: Design): readonly Usage[] {
  const alarms = detection.signals.filter(({ kind }) => kind !== 'alarm').length;
  const places = observers * holders - (design.kind === 'ticks' ? holders : 0);
  const itself = detection.selfCheck.length > 0 ? observers * metricsOfItself : 0;
  return [
    {
      part: 'signals: alarms',
      price: 'fastAlarm',
      quantity: alarms,
      arithmetic: `${alarms} signals that are not yours`,
    },
    {
      part: 'signals: metrics',
      price: 'customMetric',
      quantity: places * metricsOfAPlace + itself,
      arithmetic: `${places} pairs of observer and place × ${metricsOfAPlace}, ${itself} self-checks`,
    },
  ];
}

function evaluating({ resources }: Plan, { evaluateEveryMinutes }: Design): readonly Usage[] {
  const looks = (holders * minutes) / evaluateEveryMinutes;
  const databases = resources.filter(({ kind }) => kind === 'rds-read-replica').length;
  return [
    lambda('evaluate', looks * 3, 'evaluate', `${whole(looks)} evaluations of 3 s`),
    ...starts('evaluate', looks),
    {
      part: 'evaluate: recorded facts',
      price: 'tableWrite',
      quantity: looks * resources.length * 2 * holders,
      arithmetic: `${whole(looks)} evaluations × ${resources.length} resources × 2 phases × ${holders} replicas`,
    },
    {
      part: 'evaluate: replication lag',
      price: 'getMetricData',
      quantity: looks * databases,
      arithmetic: `${whole(looks)} evaluations × ${databases} databases`,
    },
  ];
}

/** Each tick is a message, so that nobody waits at our expense: received, deleted, and long polls that find nothing. */
function ticking(ticks: number, { secondsPerTick }: Extract<Design, { kind: 'ticks' }>): readonly Usage[] {
  const polls = observers * pollsAMinute * minutes;
  return [
    lambda('probe and guard', ticks * secondsPerTick, 'probe', `${whole(ticks)} ticks of ${secondsPerTick} s`),
    { part: 'probe and guard: requests', price: 'lambdaRequest', quantity: ticks, arithmetic: `${whole(ticks)} ticks` },
    {
      part: 'probe and guard: ticks',
      price: 'queueRequest',
      quantity: ticks * 2 + polls + observers * minutes,
      arithmetic: `${whole(ticks)} messages × 2, ${whole(polls)} empty polls, a batch a minute and Region`,
    },
    {
      part: 'probe and guard: schedule',
      price: 'schedulerInvocation',
      quantity: observers * minutes,
      arithmetic: `${observers} Regions × once a minute`,
    },
  ];
}

const lambda = (part: string, billed: number, name: keyof typeof gbOf, how: string): Usage => ({
  part: `${part}: running`,
  price: 'lambdaGbSecond',
  quantity: billed * gbOf[name],
  arithmetic: `${how} × ${gbOf[name] * 1024} MB`,
});

const starts = (part: string, times: number): readonly Usage[] => [
  { part: `${part}: requests`, price: 'lambdaRequest', quantity: times, arithmetic: `${whole(times)} starts` },
  { part: `${part}: schedule`, price: 'schedulerInvocation', quantity: times, arithmetic: `${whole(times)} starts` },
];

const whole = (value: number): string => Math.round(value).toLocaleString('en-US');
