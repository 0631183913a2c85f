import type { GameDayProgress } from '../../lab/gameday/game-day.ts';
import type { LabRegion } from '../../lab/gameday/region.ts';
import { type Place, places } from '../../shared/domain/run.ts';
import type { LiveRegion, LiveState } from '../terminal/live-state.ts';

/** What is shown of a game day, and of its lab. */
export interface WatchedProgress extends Omit<GameDayProgress, 'lab'> {
  readonly lab?: { readonly regions: Readonly<Record<Place, Pick<LabRegion, 'name' | 'address' | 'writableSince'>>> };
}

/** From what the lab tells to what the live view shows. Times are ms; `now` is since the epoch. */
export function liveStateOf(progress: WatchedProgress, elapsedMs: number, now: number): LiveState {
  const { client, lostAt, phase, servedAgainAt, step } = progress;
  const rtoClockMs = lostAt === undefined ? undefined : (servedAgainAt ?? now) - lostAt;
  return {
    elapsedMs,
    regions: places.flatMap((place) => regionOf(progress, place)),
    step: step ?? phase,
    ordersPerSecond: client?.perSecond ?? 0,
    ...(rtoClockMs === undefined ? {} : { rtoClockMs }),
  };
}

function regionOf(progress: WatchedProgress, place: Place): readonly LiveRegion[] {
  const region = progress.lab?.regions[place];
  if (region === undefined) return [];
  const isUsed = progress.client?.address === region.address;
  return [
    {
      name: region.name,
      role: place,
      state: stateOf(progress, place, { isUsed, isWriter: region.writableSince() !== undefined }),
      writesPerSecond: isUsed ? (progress.client?.perSecond ?? 0) : 0,
    },
  ];
}

interface Seen {
  /** The client uses its address. */
  readonly isUsed: boolean;
  readonly isWriter: boolean;
}

/** After the failover the primary may come back as a standby, and serve again; then the other one stands by. */
function stateOf(
  { lostAt, servedAgainAt }: WatchedProgress,
  place: Place,
  { isUsed, isWriter }: Seen,
): LiveRegion['state'] {
  if (place === 'primary' && lostAt === undefined) return 'serving';
  if (place === 'primary' && servedAgainAt !== undefined && !isWriter) return 'standby';
  if (place === 'primary') return servedAgainAt !== undefined && isUsed ? 'serving' : 'lost';
  if (servedAgainAt !== undefined) return isUsed || isWriter ? 'serving' : 'standby';
  return isWriter || lostAt !== undefined ? 'promoting' : 'standby';
}
