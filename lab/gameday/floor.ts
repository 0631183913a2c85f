import { setTimeout as sleep } from 'node:timers/promises';
import { systemNet } from '../../shared/aws/net.ts';
import { writeGap } from './client/gaps.ts';
import { startDnsServer } from './dns/authoritative-server.ts';
import { closeOnSignals } from './processes/close-on-signals.ts';
import { openWorkplace } from './processes/workplace.ts';
import { publicName } from './public-name.ts';
import { tasksAt } from './seed-application.ts';
import { openSite, type Site } from './site.ts';

/** The same probes as in plans/lab.plan.yml. */
const probes = { everyMs: 100, timeoutMs: 250, failures: 3 } as const;
const calm = { beforeMs: 2000, afterMs: 1000 } as const;

export interface Floor {
  readonly rtoSeconds: number;
}

/**
 * What a recovery takes on this machine with no automation at all: probe, promote, change the answer. No second observer,
 * no fence, no survey, no check of any kind – so nobody should run it, but nothing can be faster.
 */
export async function measureFloor(ordersPerSecond: number): Promise<Floor> {
  const workplace = await openWorkplace();
  const uninstall = closeOnSignals(workplace);
  try {
    const site = await openSite({ workplace, synchronous: false, gated: false });
    try {
      return await playFloor(site, ordersPerSecond);
    } finally {
      await site.close();
    }
  } finally {
    await workplace.close();
    uninstall();
  }
}

async function playFloor(site: Site, ordersPerSecond: number): Promise<Floor> {
  let address = site.regions.primary.address;
  const record = () => ({ name: publicName, type: 'A' as const, ttlSeconds: 0, values: [address] });
  const server = await startDnsServer({
    answer: ({ type }) => ({ authoritative: true, rcode: 'NOERROR', answers: type === 'A' ? [record()] : [] }),
  });
  // The standby's services run at full strength already: there is nobody to start them.
  const tasks = { primary: tasksAt.primary, recovery: tasksAt.primary };
  for (const place of ['primary', 'recovery'] as const) void site.regions[place].pool.setDesired(tasks[place]);
  await site.untilRunning(tasks);
  const client = await site.startLoad({ dnsPort: server.port, ordersPerSecond, onProgress: () => undefined });
  await sleep(calm.beforeMs);
  const automation = untilDead(site).then(async () => {
    await site.regions.recovery.promote();
    address = site.regions.recovery.address;
  });
  const killedAt = await site.kill('primary');
  await automation;
  await sleep(calm.afterMs);
  const gap = writeGap((await client.stop()).acknowledgements, killedAt);
  await server.close();
  if (gap === undefined) throw new Error('the floor could not be measured: no order was acknowledged after the loss');
  return { rtoSeconds: gap.gapMs / 1000 };
}

async function untilDead({ port, regions }: Site): Promise<void> {
  const { http } = systemNet();
  const url = `http://${regions.primary.address}:${port}/health`;
  for (let failures = 0; failures < probes.failures; ) {
    const startedAt = performance.now();
    const answer = await http({ method: 'GET', url, timeoutMs: probes.timeoutMs });
    failures = answer.answered && answer.status < 400 ? 0 : failures + 1;
    if (failures < probes.failures) await sleep(Math.max(0, probes.everyMs - (performance.now() - startedAt)));
  }
}
