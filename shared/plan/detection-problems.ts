import { type Detection, type PlanFile, pausesWhenQuiet, type Signal } from '../domain/plan.ts';
import { type Place, places } from '../domain/run.ts';
import type { PlanProblem } from './plan-problems.ts';
import { repeated } from './repeated.ts';

/** Signals that could never confirm anything, or would confirm what is not so. */
export function detectionProblems({ detection }: PlanFile): readonly PlanProblem[] {
  // The way back may be left to people, but if anything watches for it, that has to work as well.
  const watchedPlaces = places.filter((place) => place === 'primary' || watchersOf(detection, place).length > 0);
  return [
    ...watchedPlaces.flatMap((place) => quorumProblems(detection, place)),
    ...detection.signals.flatMap(signalProblems),
    ...timeProblems(detection),
    ...probeProblems(detection),
    ...repeated(detection.signals.map(({ id }) => id)).map((id) => ({
      path: 'detection.signals',
      problem: `two signals are called ${id}`,
      remedy: 'give each its own id',
    })),
  ];
}

const watchersOf = ({ signals }: Detection, place: Place): readonly Signal[] =>
  signals.filter(({ watches }) => watches === place);

function quorumProblems(detection: Detection, place: Place): readonly PlanProblem[] {
  const outside = watchersOf(detection, place).filter(({ observer }) => observer !== place);
  const problems: PlanProblem[] = [];
  const other = place === 'primary' ? 'recovery' : 'primary';
  if (outside.length < detection.quorum) {
    problems.push({
      path: 'detection.quorum',
      problem: `${detection.quorum} signals must agree, but only ${outside.length} watch the ${place} from outside it`,
      remedy: `add signals whose observer is ${other} or witness, or lower the quorum (2 at least)`,
    });
  }
  if (new Set(outside.map(({ observer }) => observer)).size < 2) {
    problems.push({
      path: 'detection.signals',
      problem: `the ${place} is watched by fewer than two observers outside it`,
      remedy: `let one signal be observed from ${other} and one from witness`,
    });
  }
  if (new Set(outside.map(({ kind }) => kind)).size < 2) {
    problems.push({
      path: 'detection.signals',
      problem: `the ${place} is watched from outside by fewer than two kinds of signals, and what fools one fools all of a kind`,
      remedy: 'add one of another kind: probe, replication (the heartbeat of the standby) or alarm (users, a canary)',
    });
  }
  return problems;
}

function signalProblems({ kind, missingData, observer, watches }: Signal, index: number): readonly PlanProblem[] {
  const path = `detection.signals[${index}]`;
  const problems: PlanProblem[] = [];
  if (missingData === 'failing' && observer === watches) {
    problems.push({
      path: `${path}.missingData`,
      problem: `the ${observer} observes itself, so that its silence may be that of its own alarms`,
      remedy: 'observe it from outside, or remove missingData',
    });
  }
  if (missingData === 'failing' && kind !== 'alarm') {
    problems.push({
      path: `${path}.missingData`,
      problem: `the metrics of a ${kind} come from its observer: when they are missing, the observer is silent`,
      remedy: 'remove missingData, which is for signals of the kind alarm',
    });
  }
  if (kind === 'replication' && (observer === watches || observer === 'witness')) {
    problems.push({
      path: `${path}.observer`,
      problem: `what the standby of the ${watches} hears is its own testimony, wherever it is read: the ${observer} would count as one more observer`,
      remedy: `let it be observed from ${watches === 'primary' ? 'recovery' : 'primary'}`,
    });
  }
  return problems;
}

/** Observers look at different moments, so the last one notices what the first one saw up to a quiet pause later. */
function probeProblems(detection: Detection): readonly PlanProblem[] {
  const { agreeWithinSeconds, holdSeconds } = detection;
  const { everySeconds, quietEverySeconds } = detection.probes;
  const problems: PlanProblem[] = [];
  if (quietEverySeconds < everySeconds) {
    problems.push({
      path: 'detection.probes.quietEverySeconds',
      problem: `probes each ${quietEverySeconds} s while all is well, but only each ${everySeconds} s when something fails`,
      remedy: `give at least ${everySeconds} s, or shorten detection.probes.everySeconds`,
    });
  }
  if (pausesWhenQuiet({ detection }) && quietEverySeconds + holdSeconds >= agreeWithinSeconds) {
    problems.push({
      path: 'detection.agreeWithinSeconds',
      problem: `observers may notice trouble ${quietEverySeconds} s one after the other, signals must hold for ${holdSeconds} s, and a run gives up after ${agreeWithinSeconds} s`,
      remedy: `give more than ${quietEverySeconds + holdSeconds} s, or probe more often while all is well`,
    });
  }
  return problems;
}

function timeProblems({ agreeWithinSeconds, holdSeconds, selfCheck, standby }: Detection): readonly PlanProblem[] {
  const problems: PlanProblem[] = [];
  if (holdSeconds >= agreeWithinSeconds) {
    problems.push({
      path: 'detection.holdSeconds',
      problem: `signals must be in alarm for ${holdSeconds} s, and a run gives up after ${agreeWithinSeconds} s`,
      remedy: `keep it below detection.agreeWithinSeconds (${agreeWithinSeconds} s), or raise that`,
    });
  }
  if (standby === 'cold' && selfCheck.length === 0) {
    problems.push({
      path: 'detection.selfCheck',
      problem: 'a cold standby does not answer, so that nothing tells a sick observer from a sick Region',
      remedy: 'name URLs that have nothing to do with either place, or keep the standby warm',
    });
  }
  return problems;
}
