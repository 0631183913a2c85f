import * as z from 'zod';
import type { EndedRun, Opening, OpenRun } from '../domain/ports.ts';
import { type Instant, places, purposes, type Run, triggers } from '../domain/run.ts';

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
  forced: z.boolean().optional(),
  takesOver: z.string().optional(),
});

const StoredEnd: z.ZodType<EndedRun> = z.object({
  id: z.string(),
  end: z.enum(['recovered', 'stopped', 'abandoned']),
  endedAt: z.number(),
  acknowledgedBy: z.string().optional(),
});

/** The one lock item of an application. `currentRun` is there while a run is open, `lastRun` once one has ended. */
export const LockItem = z.object({
  activeRegion: z.string(),
  epoch: z.int().min(0),
  heartbeatAt: z.number(),
  currentRun: StoredRun.optional(),
  lastRun: StoredEnd.optional(),
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
  if (lock !== undefined && current !== undefined && now - lock.heartbeatAt <= wanted.staleAfterMs) {
    return answer({ status: 'run-active', runId: current.id, heartbeatAt: lock.heartbeatAt });
  }
  if (wanted.request.trigger === 'takeover' && (current === undefined || current.id !== wanted.request.takesOver)) {
    return answer({ status: 'nothing-to-take-over', runId: current?.id });
  }
  const calmFrom = current === undefined ? cooledDownAt(lock?.lastRun, wanted) : undefined;
  if (calmFrom !== undefined && now < calmFrom) {
    return answer({ status: 'cooling-down', runId: lock?.lastRun?.id ?? '', until: calmFrom });
  }
  const run = newRun(wanted, { epoch: (lock?.epoch ?? 0) + 1, now, takenOver: current });
  const lastRun = lock?.lastRun === undefined ? {} : { lastRun: lock.lastRun };
  return {
    decision: 'write',
    run,
    next: { activeRegion: wanted.from.region, epoch: run.epoch, heartbeatAt: now, currentRun: run, ...lastRun },
  };
}

/** A person who has said so knows why the last run was needed; without one, flapping would become ping-pong. */
function cooledDownAt(last: EndedRun | undefined, { coolDownMs, request }: OpenRun): Instant | undefined {
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
function newRun({ runId, request, from, to }: OpenRun, { epoch, now, takenOver }: Birth): Run {
  return {
    id: runId,
    application: request.application,
    trigger: request.trigger,
    purpose: request.trigger === 'takeover' ? (takenOver?.purpose ?? request.purpose) : request.purpose,
    reason: request.reason,
    from,
    to,
    epoch,
    openedAt: now,
    ...(request.force === true || takenOver?.forced === true ? { forced: true } : {}),
    ...(takenOver === undefined ? {} : { takesOver: takenOver.id }),
    incidentAt: Math.min(request.incidentAt ?? now, takenOver?.incidentAt ?? now, now),
  };
}
