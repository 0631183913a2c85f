import * as z from 'zod';
import { arn } from '../../domain/arn.ts';
import { perPlace } from '../../domain/plan.ts';
import type { Arns, Leg } from '../contract.ts';

const Service = z
  .strictObject({
    cluster: z.string().min(1).max(255).describe('Name of the ECS cluster in this place.'),
    service: z.string().min(1).max(255).describe('Name of the ECS service in this place.'),
  })
  .describe('The service in this place.');

export const Spec = z.strictObject({
  ...perPlace(Service).shape,
  tasksMin: z
    .int()
    .positive()
    .optional()
    .describe('The least number of tasks that carries the traffic. Needed where no recorded capacity may be at hand.'),
  tasksAtRest: z
    .int()
    .min(0)
    .optional()
    .describe('How many tasks the Region that is not in charge runs. Without it, a repair leaves them as they are.'),
  isolate: z
    .boolean()
    .default(true)
    .describe('Whether the Region being left is fenced by taking its desired count to zero.'),
});
export type Spec = z.infer<typeof Spec>;

/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonelasticcontainerservice.html */
export function arns(spec: Spec, { from, phase, to }: Leg): Arns {
  const { place, region } = phase === 'isolate' ? from : to;
  const { cluster, service } = spec[place];
  const services = [arn('ecs', region, `service/${cluster}/${service}`)];
  return { 'ecs:DescribeServices': services, 'ecs:UpdateService': services };
}
