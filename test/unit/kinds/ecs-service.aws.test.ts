import {
  ClusterNotFoundException,
  DescribeServicesCommand,
  ECSClient,
  ECSServiceException,
  ServerException,
  ServiceNotFoundException,
  type Service as ServiceShape,
  UpdateServiceCommand,
} from '@aws-sdk/client-ecs';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Target } from '../../../shared/kinds/contract.ts';
import { act, observe } from '../../../shared/kinds/ecs-service/aws.ts';
import type { Action } from '../../../shared/kinds/ecs-service/check.ts';
import { Spec } from '../../../shared/kinds/ecs-service/spec.ts';
import { outsideOf } from '../../support/outside-of.ts';

const ecs = mockClient(ECSClient);

const startedAt = Date.UTC(2026, 0, 1, 12);
const spec = Spec.parse({
  primary: { cluster: 'shop-ireland', service: 'web' },
  recovery: { cluster: 'shop-frankfurt', service: 'web-standby' },
});
const scale: Target = {
  phase: 'scale',
  run: {
    id: 'run-1',
    application: 'shop',
    trigger: 'manual',
    purpose: 'failover',
    reason: 'test',
    from: { place: 'primary', region: 'eu-west-1' },
    to: { place: 'recovery', region: 'eu-central-1' },
    epoch: 7,
    openedAt: startedAt,
    incidentAt: startedAt,
  },
};
const isolate: Target = { ...scale, phase: 'isolate' };

const found: ServiceShape = { status: 'ACTIVE', desiredCount: 8, runningCount: 5, pendingCount: 3, events: [] };
const look = (target: Target) => observe(spec, target, outsideOf());

const foreign = (name: string): Error =>
  new ECSServiceException({ name, $fault: 'client', message: name, $metadata: { httpStatusCode: 400 } });
const timeout = (): Error => Object.assign(new Error('no answer'), { name: 'TimeoutError' });
const unreachable = (): Error => Object.assign(new Error('connect'), { code: 'ECONNREFUSED' });
const broken = (): Error => new ServerException({ message: 'oops', $metadata: { httpStatusCode: 500 } });

beforeEach(() => {
  ecs.reset();
  ecs.on(DescribeServicesCommand).resolves({ services: [found], failures: [] });
});

describe('observe', () => {
  it.each([
    ['in the Region being left, in phase isolate', isolate, 'shop-ireland', 'web', 'eu-west-1'],
    [
      'in the Region being activated, in phase rest',
      { ...scale, phase: 'rest' } as const,
      'shop-frankfurt',
      'web-standby',
      'eu-central-1',
    ],
    ['in the Region being activated, in phase scale', scale, 'shop-frankfurt', 'web-standby', 'eu-central-1'],
  ])('describes the service %s', async (_title, target, cluster, service, region) => {
    expect(await look(target)).toEqual({
      service: { status: 'ACTIVE', desired: 8, running: 5, pending: 3, events: [] },
    });
    const calls = ecs.commandCalls(DescribeServicesCommand);
    expect(calls.map(({ args }) => args[0].input)).toEqual([{ cluster, services: [service] }]);
    expect(await calls[0]?.thisValue.config.region()).toBe(region);
  });

  it.each([
    ['a failure that says MISSING', { services: [], failures: [{ arn: 'arn:web', reason: 'MISSING' }] }],
    ['an empty answer', {}],
  ])('takes %s for a service that is not there', async (_title, answer) => {
    ecs.on(DescribeServicesCommand).resolves(answer);
    expect(await look(scale)).toEqual({ service: 'absent' });
  });

  it.each([
    ['a service', new ServiceNotFoundException({ message: 'none', $metadata: {} })],
    ['a cluster', new ClusterNotFoundException({ message: 'none', $metadata: {} })],
  ])('takes %s that is not found for a fact, in both phases', async (_title, error) => {
    ecs.on(DescribeServicesCommand).rejects(error);
    expect(await look(isolate)).toEqual({ service: 'absent' });
    expect(await look(scale)).toEqual({ service: 'absent' });
  });

  it('takes any other failure in the answer for what it is', async () => {
    ecs.on(DescribeServicesCommand).resolves({ services: [], failures: [{ reason: 'ACCESS_DENIED' }] });
    await expect(look(scale)).rejects.toMatchObject({ name: 'TerminalError', code: 'ACCESS_DENIED' });
  });

  it.each([
    ['runs into a timeout', timeout()],
    ['cannot be connected to', unreachable()],
    ['throttles', foreign('ThrottlingException')],
    ['answers with an error of its own', broken()],
  ])('takes it for a fact that the Region being left %s, but not the one being activated', async (_title, error) => {
    ecs.on(DescribeServicesCommand).rejects(error);
    expect(await look(isolate)).toEqual({ service: 'unanswered' });
    await expect(look(scale)).rejects.toMatchObject({ name: 'TransientError' });
  });

  it('does not take a missing permission for silence, in either phase', async () => {
    ecs.on(DescribeServicesCommand).rejects(foreign('AccessDeniedException'));
    await expect(look(isolate)).rejects.toMatchObject({ name: 'TerminalError' });
    await expect(look(scale)).rejects.toMatchObject({ name: 'TerminalError' });
  });
});

describe('the events', () => {
  const noPlace = '(service web) was unable to place a task. Reason: Capacity is unavailable at this time.';
  const noLaunch = '(service web) failed to launch a task with (error: no address).';
  const unsteady = '(service web) is unable to consistently start tasks successfully.';
  const steady = '(service web) has reached a steady state.';
  const started = '(service web) has started 1 tasks: (task 1).';

  it.each<[string, readonly string[], readonly string[]]>([
    ['keep the last placement failure only', [noPlace, started, noLaunch, started], [noLaunch]],
    ['keep a failure to start as well', [steady, unsteady], [unsteady]],
    ['keep none that was overcome', [noPlace, started, steady], []],
    ['keep none where there is none', [started], []],
  ])('%s', async (_title, oldestFirst, kept) => {
    const events = oldestFirst.map((message, index) => ({ message, createdAt: new Date(startedAt + index * 1000) }));
    ecs.on(DescribeServicesCommand).resolves({ services: [{ ...found, events }] });
    expect(await look(scale)).toMatchObject({ service: { events: kept } });
    ecs.on(DescribeServicesCommand).resolves({ services: [{ ...found, events: events.reverse() }] });
    expect(await look(scale)).toMatchObject({ service: { events: kept } });
  });
});

describe('act', () => {
  const stop: Action = { type: 'set-desired', at: 'from', cluster: 'shop-ireland', service: 'web', count: 0 };
  const raise: Action = { type: 'set-desired', at: 'to', cluster: 'shop-frankfurt', service: 'web-standby', count: 8 };

  it.each([
    ['in the Region being left', stop, isolate, 'eu-west-1'],
    ['in the Region being activated', raise, scale, 'eu-central-1'],
    ['where the action says, whatever the phase', stop, scale, 'eu-west-1'],
  ])('sets the desired count %s, once', async (_title, action, target, region) => {
    ecs.on(UpdateServiceCommand).resolves({});
    await act(action, spec, target, outsideOf());
    expect(ecs.calls()).toHaveLength(1);
    const [call] = ecs.commandCalls(UpdateServiceCommand);
    const { cluster, count: desiredCount, service } = action;
    expect(call?.args[0].input).toEqual({ cluster, service, desiredCount });
    expect(await call?.thisValue.config.region()).toBe(region);
  });

  it.each<[string, Error, object]>([
    ['throttling did nothing', foreign('ThrottlingException'), { name: 'TransientError', effect: 'none' }],
    ['without an answer it may have happened', timeout(), { name: 'TransientError', effect: 'unknown' }],
    ['a missing permission is terminal', foreign('AccessDeniedException'), { name: 'TerminalError' }],
  ])('%s', async (_title, error, failure) => {
    ecs.on(UpdateServiceCommand).rejects(error);
    await expect(act(raise, spec, scale, outsideOf())).rejects.toMatchObject(failure);
  });
});
