import * as z from 'zod';
import { type EndedRun, type Opening, type OpenRun, runEnds } from '../domain/ports.ts';
import { type Instant, isPlanned, places, purposes, type Run, triggers } from '../domain/run.ts';

const Side = z.object({ place: z.enum(places), region: z.string() });

/** A run as it stands in the table. What comes back from there is foreign until parsed. */
export const StoredRun: z.ZodType<Run> = z.object({
  id: z.string(),
  application: z.string(),
  trigger: z.enum(triggers),
  purpose: z.enum(purposes).default('failover'),
  reason: z.string(),
  from: Side,
  to: Side,
  epoch: z.int(),
  openedAt: z.number(),
  incidentAt: z.number(),
  inChargeSince: z.number().optional(),
  forced: z.boolean().optional(),
  takesOver: z.string().optional(),
});

const StoredEnd: z.ZodType<EndedRun> = z.object({
  id: z.string(),
  end: z.enum(runEnds),
  endedAt: z.number(),
  acknowledgedBy: z.string().optional(),
});

/** The one lock item of an application. `currentRun` is there while a run is open, `lastRun` once one has ended. */
export const LockItem = z.object({
  activeRegion: z.string(),
  /** Undefined: from the beginning. */
  inChargeSince: z.number().optional(),
  epoch: z.int().min(0),
  heartbeatAt: z.number(),
  currentRun: StoredRun.optional(),
  lastRun: StoredEnd.optional(),
  /** Of the plan with which the last run was opened. */
  planHash: z.string().optional(),
});
export type LockItem = z.infer<typeof LockItem>;

export interface OpeningFacts {
  readonly lock: LockItem | undefined;
  readonly wanted: OpenRun;
  /** Whether a run of this id was opened before. */
  readonly wasOpened: boolean;
  readonly now: Instant;
}

export type OpeningDecision =
  | { readonly decision: 'answer'; readonly opening: Opening }
  | { readonly decision: 'write'; readonly run: Run; readonly next: LockItem };

/**
 * Who may open a run: pure, from the lock item as it was read. The epoch rises by one with every run that is opened, also
 * with a takeover; opening the same run again answers with the run as it is.
 */
export function decideOpening({ lock, wanted, wasOpened, now }: OpeningFacts): OpeningDecision {
  const current = lock?.currentRun;
  if (current !== undefined && current.id === wanted.runId) return answer({ status: 'opened', run: current });
  if (wasOpened) return answer({ status: 'run-over' });
  const activeRegion = lock?.activeRegion ?? wanted.inChargeAtFirst;
  if (activeRegion !== wanted.from.region) return answer({ status: 'region-not-in-charge', activeRegion });
  if (lock !== undefined && current !== undefined && !givesWay(current, { lock, wanted, now })) {
    return answer({ status: 'run-active', runId: current.id, heartbeatAt: lock.heartbeatAt });
  }
  if (wanted.request.trigger === 'takeover' && (current === undefined || current.id !== wanted.request.takesOver)) {
    return answer({ status: 'nothing-to-take-over', runId: current?.id });
  }
  if (planHasChanged(lock, wanted)) return answer({ status: 'plan-changed' });
  const isFirst = current === undefined || isPlanned(current);
  const calmFrom = isFirst ? cooledDownAt(lock?.lastRun, wanted) : undefined;
  if (calmFrom !== undefined && now < calmFrom) {
    return answer({ status: 'cooling-down', runId: lock?.lastRun?.id ?? '', until: calmFrom });
  }
  const since = lock?.inChargeSince === undefined ? {} : { inChargeSince: lock.inChargeSince };
  const run = { ...newRun(wanted, { epoch: (lock?.epoch ?? 0) + 1, now, takenOver: current }), ...since };
  const lastRun = lock?.lastRun === undefined ? {} : { lastRun: lock.lastRun };
  const { planHash } = wanted;
  return {
    decision: 'write',
    run,
    next: {
      activeRegion: wanted.from.region,
      ...since,
      epoch: run.epoch,
      heartbeatAt: now,
      currentRun: run,
      ...lastRun,
      planHash,
    },
  };
}

/**
 * Whether another run may take over from an open one: once its heartbeat is stale; and a failover from a planned run at once,
 * because the Region in charge has failed under it. A planned run waits for all others.
 */
function givesWay(current: Run, { lock, now, wanted }: Omit<OpeningFacts, 'wasOpened'> & { lock: LockItem }): boolean {
  const isStale = now - lock.heartbeatAt > wanted.staleAfterMs;
  if (wanted.request.trigger === 'takeover') return isStale;
  if (isPlanned(wanted)) return false;
  return isStale || isPlanned(current);
}

/** Somebody may have changed names or addresses since the last run: nothing is hurried back along another plan. */
function planHasChanged(lock: LockItem | undefined, { planHash, purpose, request }: OpenRun): boolean {
  if (!isPlanned({ purpose }) || request.trigger === 'takeover' || request.force === true) return false;
  return lock?.planHash !== undefined && lock.planHash !== planHash;
}

/** A person who has said so knows why the last run was needed; without one, flapping would become ping-pong. */
function cooledDownAt(last: EndedRun | undefined, { coolDownMs, purpose, request }: OpenRun): Instant | undefined {
  if (isPlanned({ purpose })) return undefined;
  if (last === undefined || last.acknowledgedBy !== undefined || request.force === true) return undefined;
  return last.endedAt + coolDownMs;
}

const answer = (opening: Opening): OpeningDecision => ({ decision: 'answer', opening });

interface Birth {
  readonly epoch: number;
  readonly now: Instant;
  readonly takenOver: Run | undefined;
}

/** The incident is as old as the first run that was opened for it: lag measured since then says nothing. */
function newRun({ runId, request, purpose, from, to }: OpenRun, { epoch, now, takenOver }: Birth): Run {
  return {
    id: runId,
    application: request.application,
    trigger: request.trigger,
    purpose,
    reason: request.reason,
    from,
    to,
    epoch,
    openedAt: now,
    ...(request.force === true || (takenOver?.purpose === purpose && takenOver.forced === true)
      ? { forced: true }
      : {}),
    ...(takenOver === undefined ? {} : { takesOver: takenOver.id }),
    incidentAt: Math.min(request.incidentAt ?? now, takenOver?.purpose === purpose ? takenOver.incidentAt : now, now),
  };
}
