import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { loadPlan, PlanError } from '../../../shared/plan/load.ts';
import { terms } from '../../support/leased.ts';
import '../../support/loaded-kinds.ts';
import { changedPlan, type Draft, samplePlan } from '../../support/sample-plan.ts';

/** The paths of all problems of a plan, in the order in which they are listed; none for a good plan. */
async function problemsOf(yaml: string): Promise<PlanError['problems']> {
  return loadPlan('test.plan.yml', yaml).then(
    () => [],
    (error: unknown) => (error instanceof PlanError ? error.problems : Promise.reject(error)),
  );
}
const pathsOf = async (yaml: string): Promise<readonly string[]> => (await problemsOf(yaml)).map(({ path }) => path);
const dns = {
  id: 'orders-dns',
  kind: 'route53-record',
  zoneId: 'Z0SHOP',
  epochName: '_understudy.shop.example',
  ttlSeconds: 60,
  nameServers: ['ns.shop.example'],
  records: [
    {
      name: 'orders.shop.example',
      type: 'A',
      routing: 'weighted',
      primary: { values: ['192.0.2.1'] },
      recovery: { values: ['192.0.2.2'] },
    },
  ],
};
const door = {
  id: 'orders-door',
  kind: 'security-group-fence',
  primary: { securityGroup: 'sg-0000000a' },
  recovery: { securityGroup: 'sg-0000000b' },
};
const leasedFor = (changes: Partial<typeof terms>) => (plan: Draft) =>
  void Object.assign(plan, { policy: { lease: { ...terms, ...changes } } });
const signalAt = (plan: Draft, index: number): Record<string, unknown> => plan.detection.signals[index] ?? {};
/** The same signals, as the way back needs them: the recovery watches itself as little as the primary does. */
const watchersOfRecovery = (signals: readonly object[]) =>
  signals.map((signal, index) => ({
    ...signal,
    id: `back-${index}`,
    watches: 'recovery',
    observer: ['primary', 'witness'][index],
  }));
const resourceAt = (plan: Draft, index: number): Record<string, unknown> => plan.resources[index] ?? {};

describe('a good plan', () => {
  it('loads with its defaults filled in', async () => {
    const plan = await loadPlan('test.plan.yml', stringify(samplePlan));
    expect(plan).toMatchObject({
      application: 'shop',
      detection: {
        quorum: 2,
        holdSeconds: 10,
        agreeWithinSeconds: 600,
        selfCheck: [],
        standby: 'warm',
        probes: { everySeconds: 1, quietEverySeconds: 60, timeoutSeconds: 1 },
      },
      policy: {
        mode: 'automatic',
        isolation: { patienceSeconds: 45, whenUnconfirmed: 'stop' },
        takeOverAfterSeconds: 120,
        acceptsControlPlane: [],
      },
      pace: {
        pollSeconds: 1,
        patienceSeconds: 45,
        visibilitySeconds: 30,
        callTimeoutSeconds: 2,
        stepDeadlineSeconds: 1800,
      },
      notifications: [],
    });
    expect(plan.detection.signals[0]).toMatchObject({ watches: 'primary', windowSeconds: 30, missingData: 'nothing' });
  });

  it.each<[string, object, number]>([
    ['for long where nothing else shows that a Region has stopped', {}, 45],
    ['for a moment where it is outwaited', { lease: terms }, 10],
    ['for a moment where the plan goes on without', { isolation: { whenUnconfirmed: 'proceed' } }, 10],
    ['as long as the plan says', { isolation: { patienceSeconds: 20 } }, 20],
  ])('tries fences %s', async (_title, policy, patienceSeconds) => {
    const { policy: loaded } = await loadPlan('test.plan.yml', stringify({ ...samplePlan, policy }));
    expect(loaded.isolation.patienceSeconds).toBe(patienceSeconds);
  });

  it("gives each resource the spec that its kind's schema made of it, and keeps their order", async () => {
    const { resources } = await loadPlan('test.plan.yml', stringify(samplePlan));
    expect(resources).toMatchObject([
      { id: 'orders-db', dependsOn: [], spec: { lagAgeSecondsMax: 300, recovery: { instance: 'orders-replica' } } },
      { id: 'orders-service', dependsOn: ['orders-db'], spec: { isolate: true } },
    ]);
    expect(Object.keys(resources[0] ?? {}).sort()).toEqual(['dependsOn', 'id', 'kind', 'spec']);
  });

  it('may use a global control plane that it accepts by name', async () => {
    const accepting = changedPlan((plan) => {
      plan['policy'] = { acceptsControlPlane: ['route53'] };
      plan.resources.push(dns);
    });
    expect(await pathsOf(accepting)).toEqual([]);
  });
});

describe('a plan with one thing wrong', () => {
  it.each<[string, (plan: Draft) => void, readonly string[]]>([
    ['an unknown key', (plan) => Object.assign(plan, { aplication: 'shop' }), ['the plan']],
    ['an unknown key deep inside', (plan) => Object.assign(plan.detection, { quorom: 2 }), ['detection']],
    ['a missing field', (plan) => delete plan['objectives'], ['objectives']],
    ['a wrong type', (plan) => Object.assign(plan.detection, { quorum: 'two' }), ['detection.quorum']],
    ['a quorum of one', (plan) => Object.assign(plan.detection, { quorum: 1 }), ['detection.quorum']],
    ['a Region that is none', (plan) => Object.assign(plan.regions, { primary: 'Ireland' }), ['regions.primary']],
    ['no resources', (plan) => plan.resources.splice(0), ['resources']],
    ['a resource without an id', (plan) => delete resourceAt(plan, 1)['id'], ['resources[1].id']],
    ['an unknown kind', (plan) => Object.assign(resourceAt(plan, 1), { kind: 'mainframe' }), ['resources[1].kind']],
    [
      'a kind that every object has',
      (plan) => Object.assign(resourceAt(plan, 1), { kind: 'toString' }),
      ['resources[1].kind'],
    ],
    ['an unknown key of a kind', (plan) => Object.assign(resourceAt(plan, 0), { lagAge: 3 }), ['resources[0]']],
    ['a missing field of a kind', (plan) => delete resourceAt(plan, 0)['recovery'], ['resources[0].recovery']],
    [
      'a wrong type deep in a kind',
      (plan) => Object.assign(resourceAt(plan, 0), { primary: { instance: 7 } }),
      ['resources[0].primary.instance'],
    ],
    ['two places in one Region', (plan) => Object.assign(plan.regions, { recovery: 'eu-west-1' }), ['regions']],
    ['a witness that is no third', (plan) => Object.assign(plan.regions, { witness: 'eu-central-1' }), ['regions']],
    ['a quorum that cannot be met', (plan) => Object.assign(plan.detection, { quorum: 3 }), ['detection.quorum']],
    [
      'a quorum that needs the word of the watched place',
      (plan) => Object.assign(plan.detection.signals[0] ?? {}, { observer: 'primary' }),
      ['detection.quorum', 'detection.signals', 'detection.signals'],
    ],
    [
      'one observer with two signals',
      (plan) => Object.assign(plan.detection.signals[0] ?? {}, { observer: 'witness' }),
      ['detection.signals'],
    ],
    [
      'one kind of signals',
      (plan) => Object.assign(plan.detection.signals[0] ?? {}, { kind: 'alarm' }),
      ['detection.signals'],
    ],
    ['a signal of no kind', (plan) => delete signalAt(plan, 0)['kind'], ['detection.signals[0].kind']],
    [
      'a way back that nobody could confirm',
      (plan) => plan.detection.signals.push({ ...signalAt(plan, 1), id: 'back', watches: 'recovery' }),
      ['detection.quorum', 'detection.signals', 'detection.signals'],
    ],
    [
      'a primary that nobody watches',
      (plan) => plan.detection.signals.push(...watchersOfRecovery(plan.detection.signals.splice(0))),
      ['detection.quorum', 'detection.signals', 'detection.signals'],
    ],
    [
      'silence that counts inside the watched place',
      (plan) =>
        plan.detection.signals.push({ ...signalAt(plan, 1), id: 'own', observer: 'primary', missingData: 'failing' }),
      ['detection.signals[2].missingData'],
    ],
    [
      'a silent probe that counts',
      (plan) => Object.assign(signalAt(plan, 0), { missingData: 'failing' }),
      ['detection.signals[0].missingData'],
    ],
    [
      'a heartbeat that is read where it was not heard',
      (plan) => plan.detection.signals.push({ ...signalAt(plan, 1), id: 'heard', kind: 'replication' }),
      ['detection.signals[2].observer'],
    ],
    [
      'a heartbeat of the writer itself',
      (plan) =>
        plan.detection.signals.push({ ...signalAt(plan, 1), id: 'heard', kind: 'replication', observer: 'primary' }),
      ['detection.signals[2].observer'],
    ],
    [
      'alarms that must be red for longer than a run waits for them',
      (plan) => Object.assign(plan.detection, { holdSeconds: 60, agreeWithinSeconds: 60 }),
      ['detection.holdSeconds', 'detection.agreeWithinSeconds'],
    ],
    [
      'observers that notice later than a run waits for them',
      (plan) => Object.assign(plan.detection, { agreeWithinSeconds: 70 }),
      ['detection.agreeWithinSeconds'],
    ],
    [
      'probes that are rarer when something fails',
      (plan) => Object.assign(plan.detection.probes, { everySeconds: 10, quietEverySeconds: 5 }),
      ['detection.probes.quietEverySeconds'],
    ],
    [
      'probes that no schedule is slow enough for',
      (plan) => Object.assign(plan.detection.probes, { quietEverySeconds: 61 }),
      ['detection.probes.quietEverySeconds'],
    ],
    [
      'a heartbeat that one pause between two grants would stop',
      (plan) => {
        Object.assign(plan, { policy: { lease: { ...terms, seconds: 60, renewEverySeconds: 20 } } });
        plan.detection.signals.push({ ...signalAt(plan, 0), id: 'heard', kind: 'replication', windowSeconds: 39 });
      },
      ['detection.signals[2].windowSeconds'],
    ],
    [
      'a cold standby and nothing else to reach',
      (plan) => Object.assign(plan.detection, { standby: 'cold' }),
      ['detection.selfCheck'],
    ],
    [
      'two signals of one name',
      (plan) => Object.assign(plan.detection.signals[0] ?? {}, { id: 'seen-from-witness' }),
      ['detection.signals'],
    ],
    [
      'two resources of one name',
      (plan) => Object.assign(resourceAt(plan, 1), { id: 'orders-db' }),
      ['resources', 'resources'],
    ],
    [
      'a dependency that is not there',
      (plan) => Object.assign(resourceAt(plan, 0), { dependsOn: ['nothing'] }),
      ['resources[0].dependsOn'],
    ],
    [
      'a resource that waits for itself',
      (plan) => Object.assign(resourceAt(plan, 0), { dependsOn: ['orders-db'] }),
      ['resources'],
    ],
    [
      'two that wait for each other',
      (plan) => Object.assign(resourceAt(plan, 0), { dependsOn: ['orders-service'] }),
      ['resources'],
    ],
    [
      'two that wait for each other behind one that waits for nobody',
      (plan) => {
        Object.assign(resourceAt(plan, 1), { dependsOn: ['orders-db', 'orders-jobs'] });
        plan.resources.push({ ...resourceAt(plan, 1), id: 'orders-jobs', dependsOn: ['orders-service'] });
      },
      ['resources'],
    ],
    ['a control plane that is not accepted', (plan) => plan.resources.push(dns), ['resources[2].kind']],
    [
      'a pause longer than the patience',
      (plan) => Object.assign(plan, { pace: { pollSeconds: 50 } }),
      ['pace.pollSeconds'],
    ],
    [
      'a patience longer than the deadline',
      (plan) => Object.assign(plan, { pace: { stepDeadlineSeconds: 30 } }),
      ['pace.patienceSeconds', 'policy.isolation.patienceSeconds'],
    ],
    [
      'an effect that may stay invisible longer than the deadline',
      (plan) => Object.assign(plan, { pace: { visibilitySeconds: 1801 } }),
      ['pace.visibilitySeconds'],
    ],
    [
      'fences tried longer than the deadline',
      (plan) =>
        Object.assign(plan, {
          pace: { stepDeadlineSeconds: 30, patienceSeconds: 20 },
          policy: { isolation: { patienceSeconds: 31 } },
        }),
      ['policy.isolation.patienceSeconds'],
    ],
    [
      'fences tried longer than a Lambda may run',
      (plan) => Object.assign(plan, { policy: { isolation: { patienceSeconds: 241 }, takeOverAfterSeconds: 600 } }),
      ['policy.isolation.patienceSeconds'],
    ],
    [
      'a run that would be taken over while it waits',
      (plan) => Object.assign(plan, { policy: { takeOverAfterSeconds: 89 } }),
      ['policy.takeOverAfterSeconds'],
    ],
    [
      'a patience that a run cannot have without being taken over',
      (plan) => Object.assign(plan, { pace: { patienceSeconds: 61 } }),
      ['policy.takeOverAfterSeconds'],
    ],
    [
      'a lease with too few renewals, that ends before the guard can fence',
      leasedFor({ seconds: 7, renewEverySeconds: 4 }),
      ['policy.lease.renewEverySeconds', 'policy.lease.seconds', 'policy.isolation.patienceSeconds'],
    ],
    [
      'a lease that ends when its guard has just fenced',
      leasedFor({ seconds: 6, renewEverySeconds: 2 }),
      ['policy.lease.seconds', 'policy.isolation.patienceSeconds'],
    ],
    [
      'clocks that may differ by what is left of the lease',
      leasedFor({ skewSeconds: 7 }),
      ['policy.lease.skewSeconds'],
    ],
    [
      'a lease and a detection that use up the RTO, and the time until the run is taken over',
      leasedFor({ seconds: 199 }),
      ['policy.lease.seconds', 'policy.takeOverAfterSeconds'],
    ],
    ['a run that is taken over while it outwaits', leasedFor({ seconds: 119 }), ['policy.takeOverAfterSeconds']],
    [
      'fences that are tried when the Region is outwaited already',
      (plan) => Object.assign(plan, { policy: { lease: terms, isolation: { patienceSeconds: 17 } } }),
      ['policy.isolation.patienceSeconds'],
    ],
    [
      'nothing that could prove isolation',
      (plan) => Object.assign(resourceAt(plan, 1), { isolate: false }),
      ['policy.isolation.whenUnconfirmed'],
    ],
    [
      'a closed door as the only fence',
      (plan) => {
        Object.assign(resourceAt(plan, 1), { isolate: false });
        plan.resources.push(door);
      },
      ['policy.isolation.whenUnconfirmed'],
    ],
    [
      'a lease that outlives the deadline of Isolate',
      (plan) =>
        Object.assign(plan, {
          policy: { lease: terms },
          pace: { stepDeadlineSeconds: 16, patienceSeconds: 5, visibilitySeconds: 5 },
        }),
      ['policy.lease.seconds'],
    ],
    ['clocks that never differ', leasedFor({ skewSeconds: 0 }), ['policy.lease.skewSeconds']],
    [
      'a lease beside the permission to have two writers',
      (plan) => Object.assign(plan, { policy: { lease: terms, isolation: { whenUnconfirmed: 'proceed' } } }),
      ['policy.isolation.whenUnconfirmed'],
    ],
  ])('names the place of %s, and a remedy', async (_title, change, paths) => {
    const problems = await problemsOf(changedPlan(change));
    expect(problems.map(({ path }) => path)).toEqual(paths);
    expect(problems.filter(({ problem, remedy }) => problem === '' || remedy === '')).toEqual([]);
  });

  it('is none of isolation where something proves it: a fence, a lease, or the plan that accepts the risk', async () => {
    const withoutFence = (policy: object) => (plan: Draft) => {
      Object.assign(resourceAt(plan, 1), { isolate: false });
      plan['policy'] = policy;
    };
    const stopping = (plan: Draft) => {
      Object.assign(resourceAt(plan, 1), { isolate: false });
      Object.assign(resourceAt(plan, 0), { stopSource: true });
    };
    const proceed = { isolation: { whenUnconfirmed: 'proceed' } };
    const good = [withoutFence({ lease: terms }), withoutFence(proceed), stopping];
    expect(await Promise.all(good.map((change) => pathsOf(changedPlan(change))))).toEqual([[], [], []]);
  });

  it('is not found where millions of ways lead to one resource, and none back', async () => {
    const layers = Array.from({ length: 24 }, (_, layer) => [`a-${layer}`, `b-${layer}`]);
    const manyWays = changedPlan((plan) => {
      plan.resources = layers.flatMap((ids, layer) =>
        ids.map((id) => ({ ...structuredClone(samplePlan.resources[1]), id, dependsOn: layers[layer + 1] ?? [] })),
      );
    });
    expect(await pathsOf(manyWays)).toEqual([]);
  });

  it('shows the arithmetic of a lease that contradicts the rest', async () => {
    const long = (seconds: number, takeOverAfterSeconds: number) =>
      problemsOf(
        changedPlan((plan) => {
          plan['policy'] = { lease: { ...terms, seconds }, takeOverAfterSeconds };
        }),
      );
    expect((await long(199, 200)).map(({ problem }) => problem)).toEqual([
      'detection 100 s + lease 199 s + skew 1 s = 300 s leave nothing of the RTO of 300 s',
      'a run that outwaits may give no sign of life for lease 199 s + skew 1 s = 200 s, and would be taken over after 200 s',
    ]);
    expect(await long(198, 200)).toEqual([]);
  });

  it.each<[string, (plan: Draft) => void, string]>([
    [
      'the slowest signal',
      (plan) => {
        Object.assign(plan, { policy: { lease: { ...terms, seconds: 198 }, takeOverAfterSeconds: 200 } });
        Object.assign(signalAt(plan, 1), { windowSeconds: 31 });
      },
      'detection 101 s + lease 198 s + skew 1 s = 300 s leave nothing of the RTO of 300 s',
    ],
    [
      'fences that outlast the lease',
      (plan) => {
        plan['policy'] = { lease: terms, isolation: { patienceSeconds: 200 }, takeOverAfterSeconds: 400 };
      },
      'detection 100 s + fences 200 s = 300 s leave nothing of the RTO of 300 s',
    ],
    [
      'clocks that differ too much',
      leasedFor({ skewSeconds: 7 }),
      'pause 4 s + renewal 2 s + closing the gate 2 s + skew 7 s = 15 s: by a clock that is ahead, the lease of 15 s may be over before it is renewed',
    ],
  ])('counts %s', async (_title, change, problem) => {
    expect((await problemsOf(changedPlan(change)))[0]?.problem).toBe(problem);
  });

  it.each<[string, (plan: Draft) => void, string]>([
    ['the longest pause that the lease allows', leasedFor({ renewEverySeconds: 6 }), 'at least every 5 s'],
    ['the lease that these clocks need', leasedFor({ skewSeconds: 7 }), 'beyond 15 s'],
    [
      'the time that the observers need',
      (plan) => Object.assign(plan.detection, { agreeWithinSeconds: 70 }),
      'more than 70 s',
    ],
    [
      'the resources that there are',
      (plan) => Object.assign(resourceAt(plan, 0), { dependsOn: ['nothing'] }),
      'orders-db, orders-service',
    ],
    [
      'who watches the primary from outside',
      (plan) => Object.assign(signalAt(plan, 0), { observer: 'witness' }),
      'from recovery and one from witness',
    ],
    [
      'who watches the recovery from outside',
      (plan) => plan.detection.signals.push({ ...signalAt(plan, 1), id: 'back', watches: 'recovery' }),
      'primary or witness',
    ],
    [
      'where the standby of the primary hears it',
      (plan) => plan.detection.signals.push({ ...signalAt(plan, 1), id: 'heard', kind: 'replication' }),
      'from recovery',
    ],
    [
      'where the standby of the recovery hears it',
      (plan) => {
        plan.detection.signals.push(...watchersOfRecovery(plan.detection.signals));
        Object.assign(signalAt(plan, 3), { kind: 'replication' });
      },
      'from primary',
    ],
  ])('is told %s', async (_title, change, named) => {
    expect((await problemsOf(changedPlan(change)))[0]?.remedy).toContain(named);
  });

  it('shows the whole circle', async () => {
    const problems = await problemsOf(
      changedPlan((plan) => {
        plan.resources = ['a', 'b', 'c', 'd'].map((id) => ({
          ...structuredClone(samplePlan.resources[1]),
          id,
          dependsOn: { a: ['b'], b: ['c'], c: ['d'], d: ['b'] }[id],
        }));
      }),
    );
    expect(problems.map(({ problem }) => problem)).toEqual([expect.stringMatching(/: b → c → d → b$/)]);
  });
});

describe('a plan that goes to the limit', () => {
  it.each<[string, (plan: Draft) => void]>([
    [
      'a way back that two kinds of signals confirm from two sides',
      (plan) => plan.detection.signals.push(...watchersOfRecovery(plan.detection.signals)),
    ],
    [
      'probes that never pause, for which nobody has to wait',
      (plan) => {
        Object.assign(plan.detection, { holdSeconds: 10, agreeWithinSeconds: 30 });
        Object.assign(plan.detection.probes, { everySeconds: 20, quietEverySeconds: 20 });
      },
    ],
    [
      'a cold standby beside something else to reach',
      (plan) => Object.assign(plan.detection, { standby: 'cold', selfCheck: ['https://other.example/'] }),
    ],
    [
      'a heartbeat that outlasts one pause between two grants',
      (plan) => {
        Object.assign(plan, { policy: { lease: { ...terms, seconds: 60, renewEverySeconds: 20 } } });
        plan.detection.signals.push({ ...signalAt(plan, 0), id: 'heard', kind: 'replication', windowSeconds: 40 });
      },
    ],
    [
      'fences that are tried until the Region is outwaited',
      (plan) => Object.assign(plan, { policy: { lease: terms, isolation: { patienceSeconds: 16 } } }),
    ],
    [
      'a run that is taken over right after its longest silence',
      (plan) => Object.assign(plan, { policy: { takeOverAfterSeconds: 90 } }),
    ],
  ])('is good: %s', async (_title, change) => {
    expect(await problemsOf(changedPlan(change))).toEqual([]);
  });
});

describe('a plan with several things wrong', () => {
  it('lists every field at once', async () => {
    const yaml = changedPlan((plan) => {
      delete plan['objectives'];
      Object.assign(plan, { aplication: 'shop', pace: { pollSeconds: 'fast' } });
      Object.assign(plan.regions, { primary: 'Ireland' });
      Object.assign(plan.detection, { quorum: 1 });
      delete resourceAt(plan, 0)['kind'];
    });
    expect([...(await pathsOf(yaml))].sort()).toEqual([
      'detection.quorum',
      'objectives',
      'pace.pollSeconds',
      'regions.primary',
      'resources[0].kind',
      'the plan',
    ]);
  });

  it('lists every resource and every contradiction at once', async () => {
    const yaml = changedPlan((plan) => {
      Object.assign(plan.regions, { recovery: 'eu-west-1' });
      Object.assign(plan.detection, { quorum: 3 });
      Object.assign(resourceAt(plan, 0), { kind: 'mainframe', dependsOn: ['orders-service'] });
      Object.assign(resourceAt(plan, 1), { tasksMin: -1, dependsOn: ['orders-db', 'nothing'] });
      plan.resources.push(dns);
    });
    expect([...(await pathsOf(yaml))].sort()).toEqual([
      'detection.quorum',
      'regions',
      'resources',
      'resources[0].kind',
      'resources[1].dependsOn',
      'resources[1].tasksMin',
      'resources[2].kind',
    ]);
  });

  it('tells about the resources although a field elsewhere is wrong', async () => {
    const yaml = changedPlan((plan) => {
      Object.assign(plan.detection, { quorum: 1 });
      Object.assign(resourceAt(plan, 0), { kind: 'mainframe' });
      Object.assign(resourceAt(plan, 1), { tasksMin: -1 });
    });
    expect(await pathsOf(yaml)).toEqual(['detection.quorum', 'resources[0].kind', 'resources[1].tasksMin']);
  });

  it('says so in one message that names the file, each place and each remedy', async () => {
    const yaml = changedPlan((plan) => {
      Object.assign(plan.regions, { recovery: 'eu-west-1' });
      Object.assign(resourceAt(plan, 1), { kind: 'mainframe' });
    });
    const error = await loadPlan('test.plan.yml', yaml).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(PlanError);
    const { message, problems } = error as PlanError;
    expect(problems.length).toBe(2);
    const told = problems.flatMap(({ path, problem, remedy }) => [path, problem, remedy]);
    expect(['test.plan.yml', ...told].filter((part) => !message.includes(part))).toEqual([]);
  });
});

describe('text that is no plan', () => {
  it.each<[string, string, readonly string[]]>([
    ['nothing at all', '', ['the plan']],
    ['a list', '- schema: 1', ['the plan']],
    ['a line that is no YAML', 'schema: 1\nregions: { primary: [\n', ['line 3', 'line 3']],
    ['a key that is there twice', 'schema: 1\napplication: shop\nschema: 1\n', ['line 3']],
    ['tabs for spaces', 'regions:\n\tprimary: eu-west-1\n', ['line 2']],
  ])('is refused with its line: %s', async (_title, yaml, paths) => {
    expect(await pathsOf(yaml)).toEqual(paths);
  });
});
