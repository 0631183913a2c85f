import { alarmTwice } from './alarm-twice.ts';
import { capacityShort } from './capacity-short.ts';
import { diesInFreeze } from './dies-in-freeze.ts';
import { failbackFails } from './failback-fails.ts';
import { failbackHeld } from './failback-held.ts';
import { badDeploy, observerSick } from './false-alarms.ts';
import { grayErrors } from './gray-errors.ts';
import { approvalTimeout, lagAboveRpo, lagUnknown } from './losses.ts';
import { notifyChannelDead } from './notify-channel-dead.ts';
import { orchestratorDies } from './orchestrator-dies.ts';
import { partitionAsymmetric, partitionPrimaryAlive, partitionPrimaryIsolated } from './partitions.ts';
import { failoverDuringFailback, pingPong } from './ping-pong.ts';
import { primaryReturns } from './primary-returns.ts';
import { promotionRefused } from './promotion-refused.ts';
import { regionFrozen } from './region-frozen.ts';
import { regionLost, regionLostSynchronous } from './region-lost.ts';
import type { Scenario } from './scenario.ts';
import { staleRunFlipsDns } from './stale-run-flips-dns.ts';
import { homeReturnsWithOrphans, thereAndBack } from './there-and-back.ts';
import { zombieConsumers } from './zombie-consumers.ts';

/** In the order in which `--list` shows them; the first is the default. */
export const scenarios: readonly [Scenario, ...Scenario[]] = [
  thereAndBack,
  regionLost,
  regionLostSynchronous,
  regionFrozen,
  primaryReturns,
  grayErrors,
  badDeploy,
  observerSick,
  partitionPrimaryAlive,
  partitionAsymmetric,
  partitionPrimaryIsolated,
  lagAboveRpo,
  lagUnknown,
  approvalTimeout,
  promotionRefused,
  capacityShort,
  notifyChannelDead,
  alarmTwice,
  staleRunFlipsDns,
  orchestratorDies,
  homeReturnsWithOrphans,
  zombieConsumers,
  ...failbackFails,
  ...failbackHeld,
  diesInFreeze,
  failoverDuringFailback,
  pingPong,
];
