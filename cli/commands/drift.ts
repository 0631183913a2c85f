import { leashedOutside } from '../../shared/aws/leash.ts';
import { systemNet } from '../../shared/aws/net.ts';
import { renderDrift } from '../../shared/report/render-drift.ts';
import { driftOf } from '../operator/drift-of.ts';
import { operatorCommand } from '../operator/operator.ts';
import { readPlan } from '../read-plan.ts';

export const drift = operatorCommand({
  summary: 'what Terraform and CloudFormation believe wrongly now, and what to do before the next apply',
  usage: 'drift PLAN',
  about: `After a failover or a failback the infrastructure code describes a world that is gone: roles, names, counts, records.
Looks at the resources of the plan, in both Regions and without changing anything, and says for each what the code
believes, what is, what the next apply would do, and how to bring both together. Exit code 1: there is something, or
something could not be looked at.`,
  words: { min: 1, max: 1 },
  needsReason: false,
  async run({ clock, coordination, words: [file = ''] }) {
    const plan = await readPlan(file);
    const charge = await coordination.lock.charge(plan.application);
    if (charge === undefined) {
      const why = `no run of ${plan.application} was ever opened: its resources are as the code has made them`;
      return { done: true, text: `${why}\n`, json: { notes: [], unseen: [], why } };
    }
    // On the leash: this must change nothing, whatever a kind does.
    const outside = leashedOutside({ callTimeoutMs: 5000, maxAttempts: 3 }, systemNet());
    const drifted = await driftOf({ plan, charge, outside, now: clock.now() });
    const open = charge.runId === undefined ? '' : `run ${charge.runId} is open: look again when it is over\n`;
    const done = drifted.notes.length === 0 && drifted.unseen.length === 0;
    return { done, text: open + renderDrift(drifted), json: { ...drifted, openRun: charge.runId ?? null } };
  },
});
