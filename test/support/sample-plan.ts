/** A good plan, as an operator would write it. */
export const samplePlan = {
  schema: 1,
  application: 'shop',
  regions: { primary: 'eu-west-1', recovery: 'eu-central-1', witness: 'eu-west-3' },
  objectives: { rtoSeconds: 300, rpoSeconds: 5 },
  detection: {
    probes: { primary: 'https://primary.shop.example/health', recovery: 'https://recovery.shop.example/health' },
    signals: [
      { id: 'seen-from-recovery', kind: 'probe', alarm: 'shop-primary-fails', observer: 'recovery' },
      { id: 'seen-from-witness', kind: 'alarm', alarm: 'shop-primary-fails', observer: 'witness' },
    ],
  },
  resources: [
    {
      id: 'orders-db',
      kind: 'rds-read-replica',
      primary: { instance: 'orders' },
      recovery: { instance: 'orders-replica' },
    },
    {
      id: 'orders-service',
      kind: 'ecs-service',
      dependsOn: ['orders-db'],
      primary: { cluster: 'shop', service: 'orders' },
      recovery: { cluster: 'shop', service: 'orders' },
    },
  ],
};

/** A copy of the good plan with something changed in place: the test says only what is special about its plan. */
export function changedPlan(change: (plan: Draft) => void): string {
  const plan = structuredClone(samplePlan) as unknown as Draft;
  change(plan);
  return JSON.stringify(plan);
}

/** Tests write wrong plans on purpose, so nothing is known about the fields. */
export interface Draft {
  [field: string]: unknown;
  regions: Record<string, unknown>;
  detection: Record<string, unknown> & { probes: Record<string, unknown>; signals: Record<string, unknown>[] };
  resources: Record<string, unknown>[];
}
