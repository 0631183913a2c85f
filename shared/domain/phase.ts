/** The phases in which resources take part, in the order of a run. A kind names those it knows how to serve. */
export const phases = ['isolate', 'promote', 'scale', 'verify', 'flip-dns', 'confirm'] as const;
export type Phase = (typeof phases)[number];

/** Every step of the state machine: those that act on resources (named like their phase) and those around them. */
export const stepIds = ['detect', 'survey', 'approve', ...phases, 'notify', 'restore', 'hold'] as const;
export type StepId = (typeof stepIds)[number];
