import { readFile } from 'node:fs/promises';
import type { Plan } from '../../shared/domain/plan.ts';
import { kindOf } from '../../shared/kinds/registry.ts';
import { loadPlan } from '../../shared/plan/load.ts';
import { definitions } from '../gameday/equip-cloud.ts';

const file = new URL('shop.plan.yml', import.meta.url);
let loaded: Promise<Plan> | undefined;

/** Everything that comes from a file, before modelled time begins: nobody may wait for a file in it. */
export function loadedPlan(): Promise<Plan> {
  loaded ??= load();
  return loaded;
}

async function load(): Promise<Plan> {
  const plan = await loadPlan('lab/simulator/shop.plan.yml', await readFile(file, 'utf8'));
  await Promise.all([definitions(), ...plan.resources.map(({ kind }) => kindOf(kind))]);
  return plan;
}
