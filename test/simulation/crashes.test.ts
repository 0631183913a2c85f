import { describe, expect, it } from 'vitest';
import type { ApiCall, InterceptResult } from '../../lab/cloud/history.ts';
import { type ModelledLab, openModelledLab } from '../../lab/modelled/modelled-lab.ts';
import type { Plan } from '../../shared/domain/plan.ts';
import { effectsOf, effectsOfARecovery, publicAddress, toldBy } from '../support/modelled.ts';

/** A function of the lab has this long; what hangs longer is ended by Lambda and invoked again by the state machine. */
const functionTimeoutMs = 60_000;
const forever = new Promise<never>(() => undefined);

type Fault = (call: ApiCall) => InterceptResult | Promise<InterceptResult>;

/** The lab's plan gives a fence 30 ms and accepts it unconfirmed; here each effect is to come about. */
const patientWithFences = (plan: Plan): Plan => {
  const isolation = { ...plan.policy.isolation, patienceSeconds: 10 };
  return { ...plan, pace: { ...plan.pace, pollSeconds: 0.05 }, policy: { ...plan.policy, isolation } };
};

/** The state that every history below must converge to, each effect once; only people may be told twice. */
async function expectRecovered(lab: ModelledLab, status: string): Promise<void> {
  expect(status).toBe('SUCCEEDED');
  expect([...new Set(effectsOf(lab))].toSorted()).toEqual(effectsOfARecovery);
  const twice = effectsOf(lab).filter((effect, index, all) => all.indexOf(effect) !== index);
  expect(twice.filter((effect) => !effect.startsWith('SNS'))).toEqual([]);
  expect(new Set(lab.orders.writes.map(({ id }) => id)).size).toBe(lab.orders.writes.length);
  expect(lab.orders.writes.length).toBe(2);
  expect([lab.desiredTasks('primary'), lab.desiredTasks('recovery')]).toEqual([0, 2]);
  expect(publicAddress(lab)).toEqual(['127.0.2.1']);
  expect(await lab.coordination.lock.charge('shop')).toEqual({ activeRegion: 'eu-central-1', epoch: 1 });
  expect(await toldBy(lab, 'real-1')).toContain('confirm run-closed');
  expect(lab.world.troubles).toEqual([]);
}

/** A run during which the mutating call of that number meets a fault. @returns that call, undefined when there is none */
async function runWithFault(number: number, fault: Fault): Promise<ApiCall | undefined> {
  const lab = await openModelledLab({ change: patientWithFences, alwaysCold: true });
  let seen = 0;
  let hit: ApiCall | undefined;
  lab.world.intercept = (call) => {
    if (hit !== undefined && call !== hit) return afterwards(lab, hit, call);
    if (!call.mutating || ++seen !== number) return undefined;
    hit = call;
    return fault(call);
  };
  const { status } = await lab.run('real-1');
  await expectRecovered(lab, status);
  lab.close();
  return hit;
}

const crashed = new WeakSet<ApiCall>();

/** Nothing more comes out of a process that is gone, until Lambda has started another one. */
function afterwards({ clock }: ModelledLab, hit: ApiCall, call: ApiCall): Promise<never> | undefined {
  const isGone = crashed.has(hit) && call.caller === hit.caller && clock.now() < hit.at + functionTimeoutMs - 1000;
  return isGone ? forever : undefined;
}

const failure = (name: string, httpStatusCode: number) => (): Error =>
  Object.assign(new Error(name), {
    name,
    $fault: httpStatusCode < 500 ? 'client' : 'server',
    $metadata: { httpStatusCode },
  });

/** Every mutating call of a run that goes well, in its order; the first is the one that opens the run. */
async function callsOfARun(): Promise<readonly string[]> {
  const lab = await openModelledLab({ change: patientWithFences });
  const before = lab.world.history.length;
  await lab.run('real-1');
  lab.close();
  return lab.world.history
    .slice(before)
    .filter(({ mutating }) => mutating)
    .map(({ caller, command }) => `${caller} ${command}`);
}

const calls = await callsOfARun();
const numbers = calls.map((call, index) => [index + 1, call] as const);

describe('the process dies, and the run converges with each effect once', () => {
  it.each(numbers)('after call %i (%s) and before it could hear the answer', async (number) => {
    const hit = await runWithFault(number, (call) => {
      crashed.add(call);
      return 'lost-answer';
    });
    expect(hit).toBeDefined();
  });
});

describe('a call fails, and the run converges with each effect once', () => {
  const effects = numbers.filter(([, call]) => !/ (Put|Update)Item$/.test(call));
  const lockAndJournal = numbers.filter(([number, call]) => / (Put|Update)Item$/.test(call) && number % 8 === 0);
  const faults: readonly (readonly [string, Fault])[] = [
    ['is throttled', failure('ThrottlingException', 400)],
    ['answers 500', failure('InternalFailure', 500)],
    ['takes effect and its answer is lost', () => 'lost-answer'],
  ];

  it('the table below has the effects of every step that acts on AWS', () => {
    expect(effects.map(([, call]) => call).toSorted()).toEqual([
      'flip-dns ChangeResourceRecordSets',
      'isolate RevokeSecurityGroupIngress',
      'isolate UpdateService',
      'notify Publish',
      'promote PromoteReadReplica',
      'scale UpdateService',
    ]);
  });

  it.each(
    effects
      .flatMap(([number, call]) => faults.map(([what, fault]) => ({ number, call, what, fault })))
      .filter(({ call }) => !call.startsWith('notify')),
  )('when $call $what', async ({ fault, number }) => {
    expect(await runWithFault(number, fault)).toBeDefined();
  });

  it.each(lockAndJournal.flatMap(([number, call]) => faults.map(([what, fault]) => ({ number, call, what, fault }))))(
    'when call $number ($call) $what',
    async ({ fault, number }) => {
      expect(await runWithFault(number, fault)).toBeDefined();
    },
  );
});
