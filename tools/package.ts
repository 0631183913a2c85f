import { sites } from '../deploy/deployment.ts';
import { build, checkedPlan, type Wish } from '../deploy/prepare.ts';
import { osls, packagePath, withWish } from './osls.ts';

/** Checks, builds and packages for all three Regions. Needs neither credentials nor a network. */
export async function packageAll(wish: Wish): Promise<readonly string[]> {
  const plan = await checkedPlan(wish);
  await build(plan, wish.stage);
  const regions = sites.map((site) => plan.regions[site]);
  // One after the other: osls works in one folder, whatever it packages.
  for (const region of regions) await osls('package', region, wish);
  return regions;
}

if (import.meta.main) {
  await withWish('package', async (wish) => {
    for (const region of await packageAll(wish)) console.log(`${region}: ${packagePath(region)}`);
  });
}
