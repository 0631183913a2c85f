import type { Check } from '../../shared/report/game-day-report.ts';
import { effectsOf, leaseWrites, lockWrites, pointedPlace } from './checkers/facts.ts';
import type { DayHistory } from './history.ts';

interface Line {
  readonly at: number;
  readonly who: string;
  readonly what: string;
}

/** The day as a timeline for people: what happened to the world, what our code did and said, what clients saw. */
export function renderTrace(history: DayHistory, checks: readonly Check[]): string {
  const lines = [...worldLines(history), ...runLines(history), ...bookLines(history), ...clientLines(history)].sort(
    (one, other) => one.at - other.at,
  );
  const body = lines.map(({ at, what, who }) => `${clockOf(at, history)}  ${who.padEnd(10)}  ${what}`);
  return `${body.join('\n')}\n\n${renderVerdicts(checks)}`;
}

export const renderVerdicts = (checks: readonly Check[]): string =>
  checks.map(({ id, title, verdict, why }) => `${verdict.padEnd(7)}  ${id.padEnd(5)}  ${title}: ${why}\n`).join('');

function worldLines({ happened, healedAt, promotions, struck }: DayHistory): readonly Line[] {
  const began = happened.map(({ at, id }) => ({ at, who: 'world', what: id }));
  const ended = happened.flatMap(({ endedAt, id }) =>
    endedAt === undefined ? [] : [{ at: endedAt, who: 'world', what: `${id} is over` }],
  );
  const strikes = struck.map(({ at, id }) => ({ at, who: 'fault', what: id }));
  const writers = promotions.map(({ at, region }) => ({ at, who: 'database', what: `${region} accepts writes` }));
  return [...began, ...ended, ...strikes, ...writers, { at: healedAt, who: 'world', what: 'all is healed' }];
}

/** Journal lines carry the time of the clock that wrote them. */
function runLines({ runs }: DayHistory): readonly Line[] {
  return runs.flatMap(({ entries, execution, run }) => [
    { at: run.openedAt, who: 'run', what: `${run.id}, epoch ${run.epoch}, ${run.from.region} to ${run.to.region}` },
    ...entries.map(({ at, epoch, event, resource, step, why }) => ({
      at,
      who: step,
      what: `[${epoch}] ${event}${resource === undefined ? '' : ` ${resource}`}: ${why}`,
    })),
    ...(execution === undefined
      ? []
      : [
          {
            at: entries.at(-1)?.at ?? run.openedAt,
            who: 'run',
            what: `${run.id}: execution ${execution.error ?? execution.status}`,
          },
        ]),
  ]);
}

function bookLines(history: DayHistory): readonly Line[] {
  const effects = effectsOf(history).map(({ appliedAt, call }) => {
    const place = pointedPlace(call);
    const to = place === undefined ? JSON.stringify(call.input) : `to ${place}`;
    return { at: appliedAt, who: 'effect', what: `${call.caller} ${call.command} ${call.endpointRegion} ${to}` };
  });
  const locks = lockWrites(history)
    .filter(({ isHeartbeat }) => !isHeartbeat)
    .map(({ at, epoch, runId }) => ({ at, who: 'lock', what: `epoch ${epoch}, ${runId ?? 'free'}` }));
  const leases = leaseWrites(history).map(({ at, holder }) => ({ at, who: 'lease', what: `holder ${holder}` }));
  const starts = history.calls
    .filter(({ applied, command }) => applied && command === 'StartExecution')
    .map(({ at, caller, input }) => ({
      at,
      who: caller,
      what: `starts ${(input as { readonly name?: string }).name}`,
    }));
  return [...effects, ...locks, ...leases, ...starts];
}

/** Only changes: who was answered, and whose writes were acknowledged. */
function clientLines({ acknowledgements, answers }: DayHistory): readonly Line[] {
  const told = answers.map(({ addresses, at }) => ({
    at,
    what: `the name leads to ${addresses.join(', ') || 'nobody'}`,
  }));
  const taken = acknowledgements.map(({ at, region }) => ({ at, what: `${region} takes orders` }));
  return [told, taken].flatMap((list) =>
    list.filter(({ what }, index) => what !== list[index - 1]?.what).map((line) => ({ ...line, who: 'client' })),
  );
}

const clockOf = (at: number, { startedAt }: DayHistory): string =>
  `${((at - startedAt) / 1000).toFixed(1).padStart(8)} s`;
