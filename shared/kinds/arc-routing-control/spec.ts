import * as z from 'zod';
import { perPlace } from '../../domain/plan.ts';
import { watchedNames, watchedProblems } from '../../domain/watched-names.ts';
import type { Arns } from '../contract.ts';

/** A cluster has one endpoint in each of five Regions. They are in the plan because DescribeCluster is control plane. */
const ENDPOINTS = 5;
/** "Number of routing controls per UpdateRoutingControlStates operation call: 10" – routing-control.quotas.html */
const CONTROLS_MAX = 10;

const arnOf = (resource: string) =>
  z
    .string()
    .regex(
      new RegExp(`^arn:aws[a-z-]*:route53-recovery-control::\\d{12}:controlpanel/[0-9a-f]+/${resource}/[0-9a-f]+$`),
    );

export const Spec = z
  .strictObject({
    endpoints: z
      .array(
        z.strictObject({
          region: z.string().min(1).describe('Region of the endpoint.'),
          url: z.url({ protocol: /^https$/ }).describe('As DescribeCluster shows it.'),
        }),
      )
      .length(ENDPOINTS)
      .describe('The five endpoints of the cluster.'),
    controls: z
      .array(
        perPlace(arnOf('routingcontrol').describe('ARN of the routing control that lets traffic into this place.')),
      )
      .min(1)
      .max(CONTROLS_MAX / 2)
      .describe('Pairs of routing controls: one goes on as the other goes off, all of them in one update.'),
    overrideSafetyRules: z
      .array(arnOf('safetyrule'))
      .default([])
      .describe('ARNs of safety rules that a failover may override. None is overridden unless it stands here.'),
    ...watchedNames,
  })
  .superRefine((spec, context) => {
    const problem = (path: string, message: string) => context.addIssue({ code: 'custom', path: [path], message });
    if (new Set(spec.endpoints.map(({ region }) => region)).size < ENDPOINTS) problem('endpoints', 'a Region twice');
    const arns = spec.controls.flatMap(({ primary, recovery }) => [primary, recovery]);
    if (new Set(arns).size < arns.length) problem('controls', 'a routing control twice');
    for (const message of watchedProblems(spec)) problem('records', message);
  });
export type Spec = z.infer<typeof Spec>;

/** Each control by its own ARN; reading and changing alike. */
export function arns({ controls }: Spec): Arns {
  const all = controls.flatMap(({ primary, recovery }) => [primary, recovery]);
  return {
    'route53-recovery-cluster:GetRoutingControlState': all,
    'route53-recovery-cluster:UpdateRoutingControlStates': all,
  };
}
