import type { LeaseTerms, PlanFile } from '../domain/plan.ts';
import type { PlanProblem } from './plan-problems.ts';

/** Fewer attempts in the time of one grant, and a single slow answer would stop a healthy application. */
const renewalsPerGrant = 3;

/** Terms of the write lease that contradict each other or the rest of the plan, with the arithmetic. */
export function leaseProblems(plan: PlanFile): readonly PlanProblem[] {
  const { lease } = plan.policy;
  if (lease === undefined) return [];
  return [
    ...guardProblems(plan, lease),
    ...heartbeatProblems(plan, lease),
    ...outwaitProblems(plan, lease),
    ...paceProblems(plan, lease),
  ];
}

/** When nobody writes, the grants are the only heartbeat that the standby hears: one pause between two is no trouble. */
function heartbeatProblems({ detection }: PlanFile, { renewEverySeconds }: LeaseTerms): readonly PlanProblem[] {
  const silentSeconds = 2 * renewEverySeconds;
  return detection.signals.flatMap(({ kind, windowSeconds }, index) => {
    if (kind !== 'replication' || windowSeconds >= silentSeconds) return [];
    return [
      {
        path: `detection.signals[${index}].windowSeconds`,
        problem: `an application that is not used writes one grant each ${renewEverySeconds} s, and this alarm goes off after ${windowSeconds} s without a write`,
        remedy: `give at least ${short(silentSeconds)} s, or renew the lease more often`,
      },
    ];
  });
}

function guardProblems(
  { pace }: PlanFile,
  { renewEverySeconds, seconds, skewSeconds }: LeaseTerms,
): readonly PlanProblem[] {
  const problems: PlanProblem[] = [];
  const renewals = renewalsPerGrant * renewEverySeconds;
  if (renewals > seconds) {
    problems.push({
      path: 'policy.lease.renewEverySeconds',
      problem: `${renewalsPerGrant} renewals × ${renewEverySeconds} s = ${short(renewals)} s, longer than the lease of ${seconds} s`,
      remedy: `renew at least every ${short(seconds / renewalsPerGrant)} s, or lengthen the lease`,
    });
  }
  const fenced = renewEverySeconds + 2 * pace.callTimeoutSeconds;
  const sum = `pause ${renewEverySeconds} s + renewal ${pace.callTimeoutSeconds} s + closing the gate ${pace.callTimeoutSeconds} s`;
  if (fenced >= seconds) {
    problems.push({
      path: 'policy.lease.seconds',
      problem: `the guard may need ${sum} = ${short(fenced)} s until its writers are fenced, and the lease of ${seconds} s ends before`,
      remedy: `lengthen the lease beyond ${short(fenced)} s, or shorten pace.callTimeoutSeconds`,
    });
  } else if (fenced + skewSeconds >= seconds) {
    problems.push({
      path: 'policy.lease.skewSeconds',
      problem: `${sum} + skew ${skewSeconds} s = ${short(fenced + skewSeconds)} s: by a clock that is ahead, the lease of ${seconds} s may be over before it is renewed`,
      remedy: `lengthen the lease beyond ${short(fenced + skewSeconds)} s, or keep the clocks closer`,
    });
  }
  return problems;
}

function outwaitProblems(plan: PlanFile, { seconds, skewSeconds }: LeaseTerms): readonly PlanProblem[] {
  const { detection, objectives, policy } = plan;
  const problems: PlanProblem[] = [];
  const outwait = seconds + skewSeconds;
  const windowSeconds = Math.max(...detection.signals.map((signal) => signal.windowSeconds));
  const detectedSeconds = detection.probes.quietEverySeconds + windowSeconds + detection.holdSeconds;
  const isolated = detectedSeconds + Math.max(outwait, policy.isolation.patienceSeconds);
  const sum = `lease ${seconds} s + skew ${skewSeconds} s`;
  if (isolated >= objectives.rtoSeconds) {
    const longer =
      outwait >= policy.isolation.patienceSeconds
        ? `${sum} = ${short(detectedSeconds + outwait)} s`
        : `fences ${policy.isolation.patienceSeconds} s = ${short(isolated)} s`;
    problems.push({
      path: 'policy.lease.seconds',
      problem: `detection ${detectedSeconds} s + ${longer} leave nothing of the RTO of ${objectives.rtoSeconds} s`,
      remedy: 'shorten the lease, the detection or the fences, or raise objectives.rtoSeconds',
    });
  }
  if (policy.isolation.whenUnconfirmed === 'proceed') {
    problems.push({
      path: 'policy.isolation.whenUnconfirmed',
      problem: 'with a lease nobody has to accept two writers: a Region that cannot be fenced is outwaited',
      remedy: 'remove whenUnconfirmed, or remove the lease',
    });
  }
  return problems;
}

/** What the rest of the plan leaves the outwaiting: the step's deadline, the fences beside it, and the run's heartbeat. */
function paceProblems({ pace, policy }: PlanFile, { seconds, skewSeconds }: LeaseTerms): readonly PlanProblem[] {
  const problems: PlanProblem[] = [];
  const outwait = short(seconds + skewSeconds);
  const sum = `lease ${seconds} s + skew ${skewSeconds} s = ${outwait} s`;
  if (seconds + skewSeconds >= pace.stepDeadlineSeconds) {
    problems.push({
      path: 'policy.lease.seconds',
      problem: `${sum} is not over at the deadline of Isolate (${pace.stepDeadlineSeconds} s)`,
      remedy: 'shorten the lease, or raise pace.stepDeadlineSeconds',
    });
  }
  if (policy.isolation.patienceSeconds > seconds + skewSeconds) {
    problems.push({
      path: 'policy.isolation.patienceSeconds',
      problem: `fences are tried for ${policy.isolation.patienceSeconds} s, although the Region is outwaited after ${sum}`,
      remedy: `give at most ${outwait} s: after that no fence is needed any more`,
    });
  }
  // While the state machine waits for the end of the lease, nobody holds the lock: that is the run's silence.
  if (policy.takeOverAfterSeconds <= seconds + skewSeconds) {
    problems.push({
      path: 'policy.takeOverAfterSeconds',
      problem: `a run that outwaits may give no sign of life for ${sum}, and would be taken over after ${policy.takeOverAfterSeconds} s`,
      remedy: `give more than ${outwait} s, or shorten the lease`,
    });
  }
  return problems;
}

const short = (value: number): string => String(Number(value.toFixed(3)));
