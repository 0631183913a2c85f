import { describe, expect, it } from 'vitest';
import { scenarioNamed } from '../../lab/simulator/scenarios/registry.ts';
import { simulate } from '../../lab/simulator/simulate.ts';

/** Days that found a bug of the product. Shrunk lists are given where they are short; a day without its bug passes. */
const found: readonly (readonly [bug: string, scenario: string, seed: number, only: readonly string[] | undefined])[] =
  [
    ['nobody could write after a person had ended a run behind its promotion', 'ended-behind-promotion', 1, undefined],
    ['Stop put a Region in charge to which the data had never moved', 'ended-before-promotion', 1, undefined],
    ['a person could not let a takeover go on that came behind a promotion', 'homeward', 5356, undefined],
    [
      'Restore took a fence that was not visible yet for one that never was, and left the application down',
      'swarm',
      200_239,
      [
        'manual-start:recovery@84',
        'crash-before@guard:DynamoDB.PutItem#1',
        'paused@guard:DynamoDB.GetItem#15',
        'paused@approve:CloudWatch.GetMetricData#1',
        'stale@restore:ECS.DescribeServices#1',
      ],
    ],
  ];

describe('found by the simulator, and mended:', () => {
  it.each(found)('%s', async (_bug, scenario, seed, only) => {
    const { checks } = await simulate({ scenario: scenarioNamed(scenario), seed, only });
    expect(checks.filter(({ verdict }) => verdict === 'failed')).toEqual([]);
  });
});
