import type { Purpose } from '../../../shared/domain/run.ts';
import { traffics } from '../../gameday/traffics.ts';
import { callFaultNames, type Rates } from '../faults.ts';
import * as happen from '../happenings.ts';
import type { Weather } from '../live-day.ts';
import type { Variant } from '../loaded.ts';
import type { Attitude } from '../operator.ts';
import type { Chance } from '../random.ts';
import type { Scenario } from './scenario.ts';

type Happening = happen.Happening;
type Draw = (chance: Chance, when: happen.When) => readonly Happening[];

const places = ['primary', 'recovery'] as const;
const regions = ['primary', 'recovery', 'witness'] as const;
const statuses = ['backing-up', 'modifying', 'maintenance', 'failed', 'stopped', 'storage-full'] as const;

/** Trouble that leaves the primary where a failover may be due. */
const incidents: readonly [Draw, ...Draw[]] = [
  (_, when) => [happen.regionLost('primary', when)],
  (_, when) => [happen.regionLost('primary', when)],
  (chance, when) => [happen.grayErrors('primary', chance.pick([0.4, 0.9, 1]), when)],
  (_, when) => [...happen.partition('primary', 'recovery', when), ...happen.partition('primary', 'witness', when)],
  (_, when) => [happen.cut('recovery', 'primary', when), happen.cut('witness', 'primary', when)],
  (_, when) => [happen.manualStart('recovery', when)],
];

/** What makes a bad day worse; any of them at any moment. */
const complications: readonly [Draw, ...Draw[]] = [
  (chance, when) => [happen.regionLost(chance.pick(regions), when)],
  (chance, when) => [happen.cut(chance.pick(regions), chance.pick(regions), when)],
  (chance, when) => happen.partition(chance.pick(regions), chance.pick(places), when),
  (chance, when) => [happen.controlPlaneDead(chance.pick(places), when)],
  (_, when) => [happen.route53ApiDead(when)],
  (_, when) => [happen.topicDead(when)],
  (chance, when) => [happen.metricsStop(chance.pick(regions), when)],
  (chance, when) => [happen.observerSick(chance.pick(regions), when)],
  (chance, when) => [happen.grayErrors(chance.pick(places), chance.pick([0.3, 1]), when)],
  (chance, when) => [happen.lagging(chance.pick([3, 8, 60]), when)],
  (_, when) => [happen.replicationStopped(when)],
  (chance, when) => [happen.standbyStatus(chance.pick(statuses), when)],
  (chance, when) => [happen.capacity(chance.pick(places), chance.pick([0, 1]), when)],
  (chance, when) => [happen.transitions(chance.pick([0.02, 3, 10]), when)],
  (chance, when) => [
    happen.notAllowed(chance.pick(['PromoteReadReplica', 'UpdateService', 'ChangeResourceRecordSets']), when),
  ],
  (_, { at }) => [happen.deploy({ at })],
  (chance, { at }) => [happen.manualStart(chance.pick(places), { at })],
  (chance, { at }) => [happen.dryRun(chance.pick(places), { at })],
  (_, { at }) => [happen.cancel({ at })],
  (_, when) => [happen.halt(when)],
  (_, { at }) => [happen.acknowledge({ at })],
];

/** Whoever is on duty on that day. */
const attitudes: readonly [Attitude, ...Attitude[]] = [
  { toQuestions: 'silent', toHolds: 'silent' },
  { toQuestions: 'approve', toHolds: 'resume' },
  { toQuestions: 'decline', toHolds: 'stop' },
  { toQuestions: 'approve', toHolds: 'skip orders-service' },
];

const firstAt = 70;
const healAt = 900;

/** Any day: one incident (or none), some complications, each kind of call fault switched on or off with a rate of its own. */
function weather(chance: Chance): Weather {
  const happenings = chance.isHit(0.9) ? [...chance.pick(incidents)(chance, spell(chance, firstAt, 0.6))] : [];
  for (let more = chance.below(5); more > 0; more--) {
    happenings.push(...chance.pick(complications)(chance, spell(chance, chance.between(60, 400), 0.4)));
  }
  happenings.push(happen.operatorSays(chance.pick(attitudes), { at: 0 }));
  const ofPlan = chance.fork('plan');
  const plan = { ...planOf(ofPlan), leaseless: ofPlan.isHit(0.15) };
  // The plan's skew is one of the lease.
  const clocks = skews(chance).filter(() => !plan.leaseless);
  const byId = new Map([...happenings, ...clocks].map((one) => [one.id, one]));
  return { happenings: [...byId.values()], rates: ratesOf(chance), healAt, plan };
}

/**
 * Any day after a failover: the primary is back, somebody moves the application or has it protected, and what can go wrong
 * goes wrong meanwhile.
 */
function homewardWeather(chance: Chance): Weather {
  const lostAt = firstAt + Math.round(chance.between(0, 60));
  const happenings = [
    happen.regionLost('primary', { at: lostAt, until: lostAt + Math.round(chance.between(60, 420)) }),
  ];
  const at = Math.round(chance.between(700, 1000));
  happenings.push(happen.manualStart('primary', { at }, { purpose: 'failback' }));
  if (chance.isHit(0.5)) {
    const [place, purpose] = chance.pick(later);
    happenings.push(happen.manualStart(place, { at: at + Math.round(chance.between(30, 900)) }, { purpose }));
  }
  for (let more = chance.below(4); more > 0; more--) {
    happenings.push(...chance.pick(complications)(chance, spell(chance, at + chance.between(-60, 300), 0.3)));
  }
  happenings.push(happen.operatorSays(chance.pick(attitudes), { at: 0 }));
  const byId = new Map([...happenings, ...skews(chance)].map((one) => [one.id, one]));
  const ofPlan = chance.fork('plan');
  const plan = { ...planOf(ofPlan), watchesBoth: ofPlan.isHit(0.5) };
  return { happenings: [...byId.values()], rates: ratesOf(chance), healAt: 2400, plan };
}

type Later = readonly [place: (typeof places)[number], purpose: Purpose];
const later: readonly [Later, ...Later[]] = [
  ['recovery', 'switchover'],
  ['primary', 'failback'],
  ['primary', 'reprotect'],
  ['recovery', 'reprotect'],
];

/** Half of the days have the usual traffic and no door; on three in ten, events are handed to consumers. */
function planOf(chance: Chance): Variant {
  const usual: Variant = chance.isHit(0.5) ? {} : { traffic: chance.pick(traffics), door: chance.isHit(0.5) };
  return chance.isHit(0.3) ? { ...usual, consumers: true } : usual;
}

/** From a moment on, for good or for a while. */
function spell(chance: Chance, from: number, forGood: number): happen.When {
  const at = Math.round(from + chance.between(0, 60));
  return chance.isHit(forGood) ? { at } : { at, until: at + Math.round(chance.between(15, 400)) };
}

/** No two clocks differ by more than the plan's skew of 2 s. */
const skews = (chance: Chance): readonly Happening[] =>
  chance.isHit(0.5) ? regions.map((where) => happen.clocksAhead(where, Math.round(chance.between(-990, 990)))) : [];

/** A third of the days is calm, so that happenings alone are seen, too. */
function ratesOf(chance: Chance): Rates {
  if (chance.isHit(0.33)) return {};
  const rates = callFaultNames.map((fault) => [fault, chance.isHit(0.4) ? 10 ** chance.between(-3, -1.1) : 0] as const);
  return Object.fromEntries(rates.map(([fault, rate]) => [fault, fault === 'denied' ? rate / 10 : rate]));
}

export const swarm: Scenario = {
  name: 'swarm',
  story: 'Any day: an incident, complications, people, and call faults with rates of their own.',
  weather,
};

export const homewardSwarm: Scenario = {
  name: 'homeward',
  story:
    'Any day on the way home: a failover before it, complications, people, and call faults with rates of their own.',
  weather: homewardWeather,
};
