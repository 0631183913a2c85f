import { setTimeout as sleep } from 'node:timers/promises';
import type { Charge } from '../../../shared/domain/ports.ts';
import type { Instant } from '../../../shared/domain/run.ts';
import type { Mark } from '../../../shared/report/timeline.ts';
import type { DirectOrder, Seen } from '../../checkers/evidence.ts';
import type { Sight } from '../../checkers/expectations.ts';
import { type Fault, nowMs } from '../faults/fault.ts';
import type { Lab } from '../lab.ts';

/** What the steps of a scenario work with, and leave behind. */
export interface Stage {
  readonly lab: Lab;
  /** When the first fault struck. */
  struckAt: Instant | undefined;
  readonly marks: Mark[];
  readonly directOrders: DirectOrder[];
  /** What can be seen by now. */
  look(): Promise<Seen>;
  /** Who is in charge, as the coordination table says; undefined before the first run. */
  charge(): Promise<Charge | undefined>;
}

export interface ScenarioStep {
  /** For those who watch. */
  readonly phase: 'calm' | 'struck' | 'watching';
  play(stage: Stage): Promise<void>;
}

/** The application runs undisturbed. */
export const calm = (seconds: number): ScenarioStep => ({ phase: 'calm', play: () => sleep(seconds * 1000) });

/** Trouble. The first one is where all times of the report count from. */
export const strike = (fault: Fault): ScenarioStep => ({
  phase: 'struck',
  async play(stage) {
    const at = await fault.strike(stage.lab);
    stage.struckAt ??= at;
    stage.marks.push({ at: Math.round(at), event: 'fault', why: fault.what });
  },
});

/** A trouble that was there before the one that counts, unnoticed. */
export const before = (fault: Fault): ScenarioStep => ({
  phase: 'calm',
  async play(stage) {
    stage.marks.push({ at: Math.round(await fault.strike(stage.lab)), event: 'before', why: fault.what });
  },
});

/** The end of a trouble. */
export const heal = (fault: Fault): ScenarioStep => ({
  phase: 'watching',
  async play(stage) {
    stage.marks.push({ at: Math.round(nowMs()), event: 'heal', why: `no more: ${fault.what}` });
    await fault.heal?.(stage.lab);
  },
});

/** What somebody does, well or badly, and how the timeline tells it. */
export const people = (what: string, act: (stage: Stage) => Promise<void>): ScenarioStep => ({
  phase: 'watching',
  async play(stage) {
    stage.marks.push({ at: Math.round(nowMs()), event: 'people', why: what });
    await act(stage);
  },
});

const lookEveryMs = 50;

/** Goes on as soon as it is seen, or when the time is up: that it was seen, only an expectation can demand. */
export const until = (sight: Sight<Seen>, { withinSeconds }: { readonly withinSeconds: number }): ScenarioStep => ({
  phase: 'struck',
  async play(stage) {
    const giveUpAt = nowMs() + withinSeconds * 1000;
    while (sight(await stage.look()) === undefined && nowMs() < giveUpAt) await sleep(lookEveryMs);
  },
});

/** Time passes, and everything is watched. */
export const watch = (seconds: number): ScenarioStep => ({ phase: 'watching', play: () => sleep(seconds * 1000) });
