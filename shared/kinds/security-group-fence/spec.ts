import * as z from 'zod';
import { perPlace } from '../../domain/plan.ts';

const Door = z
  .strictObject({
    securityGroup: z
      .string()
      .regex(/^sg-[0-9a-f]{8,17}$/, 'the id of a security group, such as sg-0123456789abcdef0')
      .describe('Security group of the database in this place; one that nothing else uses.'),
  })
  .describe('The door to the database in this place.');

export const Spec = perPlace(Door);
export type Spec = z.infer<typeof Spec>;
