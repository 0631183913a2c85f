import { checkedPlan } from '../deploy/prepare.ts';
import { findTable, tableProblems } from '../deploy/table-problems.ts';
import { clientMaker } from '../shared/aws/client.ts';
import { systemNet } from '../shared/aws/net.ts';
import { PlanError } from '../shared/plan/load.ts';
import { osls, withWish } from './osls.ts';
import { packageAll } from './package.ts';

/**
 * Packages and deploys to all three Regions, the primary first: its stack makes the coordination table of all. Whatever
 * can be refused is refused before.
 */
await withWish('deploy', async (wish) => {
  const plan = await checkedPlan(wish);
  const outside = { client: clientMaker({ callTimeoutMs: 10_000, maxAttempts: 3 }), ...systemNet() };
  const problems = tableProblems({ ...wish, plan }, await findTable({ ...wish, plan }, outside));
  if (problems.length > 0) throw new PlanError(wish.planFile, problems);
  for (const region of await packageAll(wish)) await osls('deploy', region, wish);
});
