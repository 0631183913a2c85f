import type { Plan } from '../../../shared/domain/plan.ts';
import { places } from '../../../shared/domain/run.ts';
import { type Fault, nowMs } from './fault.ts';

const uuid = '0a1b2c3d-0000-4000-8000-000000000001';

/** The plan with a consumer of a queue in each Region, of which only that of the Region in charge may consume. */
export const withConsumers = (plan: Plan): Plan => ({
  ...plan,
  resources: [
    ...plan.resources,
    {
      id: 'orders-queue',
      kind: 'event-source',
      dependsOn: [],
      spec: { primary: { mapping: uuid }, recovery: { mapping: uuid } },
    },
  ],
});

/** No trouble, but what the trouble will be about: the consumer of the primary Region is at work. */
export const consumersAtWork: Fault = {
  what: 'a consumer takes messages from its queue in the primary Region, and its twin rests',
  strike({ plan, world }) {
    for (const place of places) {
      const mappings = world.eventSourceMappings(plan.regions[place]);
      mappings.seedMapping({ uuid, functionName: 'orders-consumer', enabled: place === 'primary' });
    }
    return nowMs();
  },
};
