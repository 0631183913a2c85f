import { expect, it } from 'vitest';
import { RunRequest } from '../../../shared/domain/run.ts';
import { findMachine } from '../../../shared/start/find-machine.ts';
import { recovery } from '../../support/sample-run.ts';
import { smallWorld } from '../../support/small-world.ts';

it('a state machine is found by its name in its own Region, and only there', async () => {
  const { outsideIn, world } = smallWorld();
  const arn = world.stepFunctions(recovery.region).seedStateMachine({ name: 'understudy-failover', definition: {} });
  const outside = outsideIn(recovery.region);
  expect(await findMachine(outside, recovery.region, 'understudy-failover')).toBe(arn);
  expect(await findMachine(outside, recovery.region, 'another')).toBeUndefined();
  expect(await findMachine(outside, 'eu-west-1', 'understudy-failover')).toBeUndefined();
});

it('a run that is forced past the kill switch must say why', () => {
  const forced = { application: 'shop', force: true };
  expect(RunRequest.safeParse(forced).success).toBe(false);
  expect(RunRequest.safeParse({ ...forced, reason: 'the Region burns' }).success).toBe(true);
});
