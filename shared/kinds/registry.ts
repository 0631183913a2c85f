import { TerminalError } from '../domain/errors.ts';
import type { AnyKind } from './contract.ts';

/** One line a kind, loaded when a plan names it, so that a function starts with only the SDK clients it needs. */
export const registry: Readonly<Record<string, () => Promise<AnyKind>>> = {
  'arc-routing-control': async () => (await import('./arc-routing-control/index.ts')).arcRoutingControl,
  'data-comparison': async () => (await import('./data-comparison/index.ts')).dataComparison,
  'ecs-service': async () => (await import('./ecs-service/index.ts')).ecsService,
  'event-source': async () => (await import('./event-source/index.ts')).eventSource,
  'http-transaction': async () => (await import('./http-transaction/index.ts')).httpTransaction,
  'rds-read-replica': async () => (await import('./rds-read-replica/index.ts')).rdsReadReplica,
  'route53-health-check-flip': async () =>
    (await import('./route53-health-check-flip/index.ts')).route53HealthCheckFlip,
  'route53-record': async () => (await import('./route53-record/index.ts')).route53Record,
  'security-group-fence': async () => (await import('./security-group-fence/index.ts')).securityGroupFence,
};

const loaded = new Map<string, Promise<AnyKind>>();

/** @throws TerminalError for a kind that is not registered; a validated plan never names one */
export async function kindOf(id: string): Promise<AnyKind> {
  const load = Object.hasOwn(registry, id) ? registry[id] : undefined;
  if (load === undefined) throw new TerminalError(`there is no kind ${id}`, { code: 'UnknownKind' });
  const kind = loaded.get(id) ?? load();
  loaded.set(id, kind);
  return kind;
}
