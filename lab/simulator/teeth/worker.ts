import { parentPort, workerData } from 'node:worker_threads';
import { bugNamed, plant } from './plant.ts';

/** One bug, and how many days it may survive. */
export interface TeethTask {
  readonly bug: string;
  readonly seed: number;
  readonly daysMax: number;
}

/** On which day a checker caught it, and which one; `caught` undefined: it survived. */
export interface TeethResult {
  readonly bug: string;
  readonly days: number;
  readonly caught?: {
    readonly scenario: string;
    readonly seed: number;
    readonly checker: string;
    readonly why: string;
  };
}

const { bug: name, daysMax, seed } = workerData as TeethTask;
const bug = bugNamed(name);
plant(bug);
// Only now: whatever is loaded from here on may have the bug in it.
const { scenarioNamed } = await import('../scenarios/registry.ts');
const { resultOf } = await import('../simulate.ts');

async function hunt(): Promise<TeethResult> {
  for (let days = 1; days <= daysMax; days++) {
    // In turn: the kind of day on which it can do harm, and any other.
    const scenario = bug.scenario !== undefined && days % 2 === 1 ? bug.scenario : 'swarm';
    const result = await resultOf({ scenario: scenarioNamed(scenario), seed: seed + days });
    const [failed] = result.failed;
    if (failed === undefined) continue;
    return { bug: name, days, caught: { scenario, seed: seed + days, checker: failed.id, why: failed.why } };
  }
  return { bug: name, days: daysMax };
}

parentPort?.postMessage(await hunt());
