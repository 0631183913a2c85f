/** Where a call comes from, as far as the lab's network and history care. */
export interface Caller {
  readonly region: string;
  /** The function that calls; empty for whoever is no function. */
  readonly functionName: string;
}

/** A person at a terminal is in no Region: no loss of one cuts them off. */
export const outsider: Caller = { region: 'outside', functionName: '' };

/** On AWS the credentials of a call tell its role; here the access key tells Region and function. */
export const accessKeyOf = ({ functionName, region }: Caller): string => `LAB.${region}.${functionName}`;

export function callerOf(accessKeyId: string): Caller {
  const [, region, functionName] = /^LAB\.([\w-]+)\.([\w-]+)$/.exec(accessKeyId) ?? [];
  return region === undefined || functionName === undefined ? outsider : { region, functionName };
}
