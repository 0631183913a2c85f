import { DescribeTableCommand, DynamoDBClient, ResourceNotFoundException } from '@aws-sdk/client-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Parameters } from '../../../deploy/deployment.ts';
import { type FoundTable, findTable, tableProblems } from '../../../deploy/table-problems.ts';
import { loadedPlan } from '../../support/loaded-plan.ts';
import { outsideOf } from '../../support/outside-of.ts';

const plan = await loadedPlan();
const parameters: Parameters = { consistency: 'strong', encryption: 'aws', dashboard: 'on', gameDaySubnets: 'none' };
const wanted = { plan, parameters, stage: 'prod' };
const good: FoundTable = {
  name: 'understudy-shop-prod',
  consistency: 'strong',
  replicas: ['eu-central-1', 'eu-west-1'],
  witness: 'eu-west-3',
};
const pathsOf = (found: FoundTable | undefined) => tableProblems(wanted, found).map(({ path }) => path);

describe('a table that is there already', () => {
  it.each<[string, FoundTable | undefined]>([
    ['is no problem when it is the one that is wanted', good],
    ['is no problem when there is none', undefined],
  ])('%s', (_what, found) => {
    expect(pathsOf(found)).toEqual([]);
  });

  it.each<[string, FoundTable, readonly string[]]>([
    ['in the wrong mode', { ...good, consistency: 'eventual', witness: undefined }, ['--consistency']],
    ['without a witness', { ...good, witness: undefined }, ['regions.witness']],
    ['with another witness', { ...good, witness: 'eu-west-2' }, ['regions.witness']],
    ['in other Regions', { ...good, replicas: ['eu-west-1', 'eu-west-2'] }, ['regions']],
    ['in one Region only', { ...good, replicas: ['eu-west-1'] }, ['regions']],
  ])('is refused %s', (_what, found, paths) => {
    expect(pathsOf(found)).toEqual(paths);
  });
});

describe('the table is looked for', () => {
  const dynamo = mockClient(DynamoDBClient);
  const missing = new ResourceNotFoundException({ message: 'not there', $metadata: { httpStatusCode: 400 } });
  beforeEach(() => {
    dynamo.reset();
  });

  it('under the name of the stage, in both places that hold data', async () => {
    dynamo.on(DescribeTableCommand).rejects(missing);
    expect(await findTable(wanted, outsideOf())).toBeUndefined();
    expect(dynamo.commandCalls(DescribeTableCommand).map(({ args }) => args[0].input.TableName)).toEqual([
      'understudy-shop-prod',
      'understudy-shop-prod',
    ]);
  });

  it('and described as it is', async () => {
    dynamo.on(DescribeTableCommand).resolves({
      Table: {
        TableName: 'understudy-shop-prod',
        MultiRegionConsistency: 'STRONG',
        Replicas: [{ RegionName: 'eu-central-1' }],
        GlobalTableWitnesses: [{ RegionName: 'eu-west-3' }],
      },
    });
    expect(await findTable(wanted, outsideOf())).toEqual(good);
  });

  it('and a Region that does not answer is no missing table', async () => {
    dynamo.on(DescribeTableCommand).rejects(Object.assign(new Error('slow'), { name: 'TimeoutError' }));
    await expect(findTable(wanted, outsideOf())).rejects.toMatchObject({ code: 'TimeoutError' });
  });
});
