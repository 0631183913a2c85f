/** RDS allows 63 characters: 40 of the instance's own, 13 of ours, and 10 are left for the epoch. */
const ownCharactersMax = 40;

/** RDS forbids a hyphen at the end and two in a row. */
const stem = (instance: string): string => instance.slice(0, ownCharactersMax).replace(/-+$/, '');

/**
 * The name under which a run keeps what it has found, as an instance and as its snapshot. It carries the epoch, so no two
 * runs can mean different data by it, and none can be put aside twice.
 */
export const keptName = (instance: string, epoch: number): string => `${stem(instance)}-understudy-e${epoch}`;

/** For permissions: that name at any epoch. */
export const anyKeptName = (instance: string): string => `${stem(instance)}-understudy-e*`;

/** Marks every replica that Understudy has built: it may delete no instance without this mark. */
export const builtTag = { understudy: 'replica' } as const;
