import * as z from 'zod';
import { perPlace } from '../../domain/plan.ts';

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
  isolate: z
    .boolean()
    .default(true)
    .describe('Whether the Region being left is fenced by taking its desired count to zero.'),
});
export type Spec = z.infer<typeof Spec>;
