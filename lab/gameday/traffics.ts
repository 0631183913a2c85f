/** The words for `--traffic`: by which kind of resource the game day moves traffic. The first is the default. */
export const traffics = ['record', 'health-check', 'routing-control'] as const;
export type Traffic = (typeof traffics)[number];
