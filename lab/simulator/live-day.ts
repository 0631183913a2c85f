import type { Plan } from '../../shared/domain/plan.ts';
import type { Settings } from '../cloud/settings.ts';
import type { World } from '../cloud/world.ts';
import { collect } from './collect.ts';
import { openFaults, type Rates } from './faults.ts';
import type { Happening } from './happenings.ts';
import type { DayHistory, Happened } from './history.ts';
import { loadedPlan, type Variant } from './loaded.ts';
import { type OpenDay, openDay } from './open-day.ts';
import { type Chance, chanceOf } from './random.ts';
import { untilAtRest, untilQuiet } from './rest.ts';

/** What happens on a day: the happenings in any order, and how often calls meet faults. */
export interface Weather {
  readonly happenings: readonly Happening[];
  readonly rates: Rates;
  /** The functions whose calls meet faults. Default: all. */
  readonly callers?: readonly string[];
  /** What of the cloud's settings is not left to chance. */
  readonly settings?: Partial<Settings>;
  /** In what the plan of this day differs from the usual one. */
  readonly plan?: Variant;
  /** When all is healed, if peace does not come earlier; seconds since the day began. */
  readonly healAt: number;
}

export interface LiveOptions {
  readonly seed: number;
  readonly weather: (chance: Chance) => Weather;
  /** Default: as it is in the file. */
  readonly planOf?: ((plan: Plan) => Plan) | undefined;
  /** Only these happenings and call faults, by id. Default: all. */
  readonly only?: ReadonlySet<string> | undefined;
}

/** One day from the first order to rest: the same seed and weather give the same history, byte for byte. */
export async function liveDay({ only, planOf, seed, weather }: LiveOptions): Promise<DayHistory> {
  const chance = chanceOf(seed);
  const { callers, happenings, healAt, rates, settings = {}, plan: variant } = weather(chance.fork('weather'));
  const loaded = await loadedPlan(variant);
  const plan = planOf?.(loaded) ?? loaded;
  const faults = openFaults({ seed, rates, callers, only });
  const day = await openDay({ plan, chance, faults, settings });
  const { clock } = day;
  const startedAt = clock.now();
  const happened: Happened[] = [];
  const chosen = happenings.filter(({ id }) => only?.has(id) !== false);
  const ending = chosen.map((happening) => play(day, happening, startedAt, happened));
  const lastAt = Math.max(0, ...chosen.map(({ at, until }) => until ?? at));
  await untilQuiet(day, startedAt + lastAt * 1000, startedAt + healAt * 1000);
  for (const end of ending) end();
  faults.heal();
  const healedAt = clock.now();
  const unrest = await untilAtRest(day);
  const history = await collect(day, { startedAt, healedAt, unrest, happened, struck: faults.struck });
  day.close();
  return history;
}

/** @returns what ends the happening, if it lasts until then; it never begins afterwards */
function play(day: OpenDay, happening: Happening, startedAt: number, happened: Happened[]): () => void {
  const { at, begin, end, id, until } = happening;
  const { clock, world } = day;
  let entry: Happened | undefined;
  let isOver = false;
  const finish = (): void => {
    if (entry !== undefined && entry.endedAt === undefined && end !== undefined) {
      entry.endedAt = clock.now();
      end(day);
    }
    isOver = true;
  };
  inBackground(world, async () => {
    await clock.sleep(startedAt + at * 1000 - clock.now());
    if (isOver) return;
    entry = { id, at: clock.now() };
    happened.push(entry);
    begin(day);
    if (until === undefined) return;
    await clock.sleep((until - at) * 1000);
    finish();
  });
  return finish;
}

const inBackground = ({ host }: World, work: () => Promise<void>): void => host.background(work);
