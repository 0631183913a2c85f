import { alarmTwice } from './alarm-twice.ts';
import { notifyChannelDead } from './notify-channel-dead.ts';
import { orchestratorDies } from './orchestrator-dies.ts';
import { partitionAsymmetric, partitionPrimaryAlive, partitionPrimaryIsolated } from './partitions.ts';
import { primaryReturns } from './primary-returns.ts';
import { promotionRefused } from './promotion-refused.ts';
import { regionFrozen } from './region-frozen.ts';
import { regionLost, regionLostSynchronous } from './region-lost.ts';
import type { Scenario } from './scenario.ts';
import { staleRunFlipsDns } from './stale-run-flips-dns.ts';

/** In the order in which `--list` shows them; the first is the default. */
export const scenarios: readonly [Scenario, ...Scenario[]] = [
  regionLost,
  regionLostSynchronous,
  regionFrozen,
  primaryReturns,
  partitionPrimaryAlive,
  partitionAsymmetric,
  partitionPrimaryIsolated,
  promotionRefused,
  notifyChannelDead,
  alarmTwice,
  staleRunFlipsDns,
  orchestratorDies,
];
