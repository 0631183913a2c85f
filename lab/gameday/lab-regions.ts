/** The places of plans/lab.plan.yml, needed before the plan can be filled: its addresses are chosen while the lab starts. */
export const labRegions = { primary: 'eu-west-1', recovery: 'eu-central-1', witness: 'eu-west-3' } as const;
