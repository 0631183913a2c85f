import type { LeaseTerms, PlanFile } from '../domain/plan.ts';
import type { PlanProblem } from './plan-problems.ts';

/** Fewer attempts in the time of one grant, and a single slow answer would stop a healthy application. */
const renewalsPerGrant = 3;

/** Terms of the write lease that contradict each other or the rest of the plan, with the arithmetic. */
export function leaseProblems(plan: PlanFile): readonly PlanProblem[] {
  const { lease } = plan.policy;
  if (lease === undefined) return [];
  return [...guardProblems(plan, lease), ...outwaitProblems(plan, lease)];
}

function guardProblems({ pace }: PlanFile, { renewEverySeconds, seconds }: LeaseTerms): readonly PlanProblem[] {
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
  if (fenced >= seconds) {
    const sum = `pause ${renewEverySeconds} s + renewal ${pace.callTimeoutSeconds} s + closing the gate ${pace.callTimeoutSeconds} s`;
    problems.push({
      path: 'policy.lease.seconds',
      problem: `the guard may need ${sum} = ${short(fenced)} s until its writers are fenced, and the lease of ${seconds} s ends before`,
      remedy: `lengthen the lease beyond ${short(fenced)} s, or shorten pace.callTimeoutSeconds`,
    });
  }
  return problems;
}

function outwaitProblems(plan: PlanFile, { seconds, skewSeconds }: LeaseTerms): readonly PlanProblem[] {
  const { detection, objectives, pace, policy } = plan;
  const problems: PlanProblem[] = [];
  const outwait = seconds + skewSeconds;
  const windowSeconds = Math.max(...detection.signals.map((signal) => signal.windowSeconds));
  const detectedSeconds = windowSeconds + detection.holdSeconds;
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
  if (outwait >= pace.stepDeadlineSeconds) {
    problems.push({
      path: 'policy.lease.seconds',
      problem: `${sum} = ${short(outwait)} s is not over at the deadline of Isolate (${pace.stepDeadlineSeconds} s)`,
      remedy: 'shorten the lease, or raise pace.stepDeadlineSeconds',
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

const short = (value: number): string => String(Number(value.toFixed(3)));
