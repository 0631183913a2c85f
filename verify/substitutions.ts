import { handlers } from '../lab/functions.ts';
import { placeholder } from '../lab/gameday/equip-cloud.ts';

export const account = '123456789012';

export const topicName = 'shop-failover';

/** What CloudFormation fills into a state machine of this Region. */
export function substitutions(region: string): Readonly<Record<string, string>> {
  const functions = Object.keys(handlers).map((name) => [
    placeholder(name),
    `arn:aws:lambda:${region}:${account}:function:${name}`,
  ]);
  return { ...Object.fromEntries(functions), TopicArn: `arn:aws:sns:${region}:${account}:${topicName}` };
}
