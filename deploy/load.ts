import { globSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import * as z from 'zod';
import type { Plan } from '../shared/domain/plan.ts';
import { kindOf } from '../shared/kinds/registry.ts';
import { type Deployment, Parameters, type Site, sites } from './deployment.ts';

/** Written when the bundles are built, read when a stack is derived: both must be of the same plan. */
export const manifestPath = 'dist/manifest.json';

export const Manifest = z.object({
  stage: z.string(),
  plan: z.custom<Plan>((value) => typeof value === 'object' && value !== null),
  hashes: z.record(z.string(), z.string()),
});
export type Manifest = z.infer<typeof Manifest>;

/** The stack that is built, in one Region of its plan. */
export async function loadDeployment(region: string, parameters: unknown): Promise<Deployment> {
  const manifest = Manifest.parse(JSON.parse(await readFile(manifestPath, 'utf8')));
  return deploymentOf(manifest, siteIn(manifest.plan, region), Parameters.parse(parameters));
}

export async function deploymentOf(manifest: Manifest, site: Site, parameters: Parameters): Promise<Deployment> {
  const { hashes, plan, stage } = manifest;
  return {
    plan,
    stage,
    site,
    parameters,
    kinds: await kindsOf(plan),
    functions: new Map(Object.entries(hashes)),
    machines: await definitions(),
  };
}

function siteIn({ application, regions }: Plan, region: string): Site {
  const site = sites.find((one) => regions[one] === region);
  if (site !== undefined) return site;
  throw new Error(`${region} is none of the Regions of ${application}: ${Object.values(regions).join(', ')}`);
}

async function kindsOf({ resources }: Plan): Promise<Deployment['kinds']> {
  const ids = [...new Set(resources.map(({ kind }) => kind))];
  return new Map(await Promise.all(ids.map(async (id) => [id, await kindOf(id)] as const)));
}

async function definitions(): Promise<Deployment['machines']> {
  const paths = globSync('statemachines/*.asl.json').sort();
  const texts = paths.map(async (path) => [basename(path, '.asl.json'), await readFile(path, 'utf8')] as const);
  return new Map(await Promise.all(texts));
}
