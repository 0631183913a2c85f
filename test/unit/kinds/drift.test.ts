import { describe, expect, it } from 'vitest';
import type { DriftNote } from '../../../shared/domain/drift.ts';
import type { Handover } from '../../../shared/kinds/contract.ts';
import type { Facts as ServiceFacts } from '../../../shared/kinds/ecs-service/check.ts';
import { driftOf as ofService } from '../../../shared/kinds/ecs-service/drift.ts';
import { Spec as Service } from '../../../shared/kinds/ecs-service/spec.ts';
import type { Facts as Events } from '../../../shared/kinds/event-source/check.ts';
import { driftOf as ofEvents } from '../../../shared/kinds/event-source/drift.ts';
import { Spec as EventSource } from '../../../shared/kinds/event-source/spec.ts';
import type { Seen, Standby } from '../../../shared/kinds/rds-read-replica/check.ts';
import { driftOf as ofDatabase } from '../../../shared/kinds/rds-read-replica/drift.ts';
import { Settings } from '../../../shared/kinds/rds-read-replica/settings.ts';
import { Spec as Database } from '../../../shared/kinds/rds-read-replica/spec.ts';
import { driftOf as ofFlip } from '../../../shared/kinds/route53-health-check-flip/drift.ts';
import { driftOf as ofRecords } from '../../../shared/kinds/route53-record/drift.ts';
import { Spec as Records } from '../../../shared/kinds/route53-record/spec.ts';
import { driftOf as ofDoor } from '../../../shared/kinds/security-group-fence/drift.ts';
import { Spec as Door } from '../../../shared/kinds/security-group-fence/spec.ts';
import { primary, recovery } from '../../support/sample-run.ts';

type SeenOf<Facts> = Handover<Facts>['seen'];
const away = <Facts>(seen: SeenOf<Facts>): Handover<Facts> => ({ inCharge: recovery, atRest: primary, seen });
const home = <Facts>(seen: SeenOf<Facts>): Handover<Facts> => ({ inCharge: primary, atRest: recovery, seen });
const told = (notes: readonly DriftNote[]) => notes.map(({ is, object }) => `${object}: ${is}`);
const all = (notes: readonly DriftNote[]) => JSON.stringify(notes);

describe('rds-read-replica', () => {
  const spec = Database.parse({ primary: { instance: 'orders' }, recovery: { instance: 'orders-replica' } });
  const standby = (sourceArn?: string, tags: Record<string, string> = {}): Standby => ({
    status: 'available',
    backupRetentionDays: 7,
    engine: 'postgres',
    engineVersion: '18.1',
    replication: sourceArn === undefined ? 'none' : 'replicating',
    resourceId: 'db-NEW',
    settings: Settings.parse({ tags }),
    ...(sourceArn === undefined ? {} : { sourceArn }),
  });
  const facts = (one: 'absent' | Standby): { reverse: Seen } => ({
    reverse: { standby: one, writer: 'unanswered', snapshot: 'absent' },
  });
  const built = { understudy: 'replica' };

  it('as the code has made it: nothing', () => {
    const seen = { primary: facts(standby()), recovery: facts(standby('arn:primary')) };
    expect(ofDatabase(spec, home(seen))).toEqual([]);
  });

  it('after a failover the replica is the writer, and the old primary is what it was', () => {
    const notes = ofDatabase(spec, away({ primary: facts(standby()), recovery: facts(standby()) }));
    expect(told(notes)).toEqual(['DB instance orders-replica in eu-central-1: it is the writer']);
    expect(all(notes)).toContain('remove replicate_source_db');
    expect(all(notes)).toContain('cannot elect new source database for replication');
  });

  it('after a reprotect the primary is another instance, and a replica', () => {
    const seen = { primary: facts(standby('arn:recovery', built)), recovery: facts(standby()) };
    const [, ...notes] = ofDatabase(spec, away(seen));
    expect(told(notes)).toEqual([
      'DB instance orders in eu-west-1: another one, db-NEW, built by understudy; the former one is kept as orders-understudy-eEPOCH',
      'DB instance orders in eu-west-1: it is a read replica of arn:recovery',
    ]);
    expect(all(notes)).toContain('destroy = false');
  });

  it('after a failback the roles are as before, and both are other instances', () => {
    const seen = { primary: facts(standby(undefined, built)), recovery: facts(standby('arn:primary', built)) };
    const notes = ofDatabase(spec, home(seen));
    expect(notes.map(({ is, object }) => [object, is.includes('another one')])).toEqual([
      ['DB instance orders in eu-west-1', true],
      ['DB instance orders-replica in eu-central-1', true],
    ]);
  });

  it('what is absent would be created empty', () => {
    const [note] = ofDatabase(spec, away({ primary: facts('absent') }));
    expect(note?.danger).toContain('empty database');
  });

  it('of what was not seen nothing is said', () => {
    expect(ofDatabase(spec, away({}))).toEqual([]);
  });
});

describe('ecs-service', () => {
  const service = { cluster: 'shop', service: 'web' };
  const spec = Service.parse({ primary: service, recovery: service });
  const count = (desired: number) => ({
    service: { status: 'ACTIVE', desired, running: desired, pending: 0, events: [] },
  });
  const seen = { recovery: { isolate: count(0), scale: count(4) } };

  it('away from home both counts are not those of the code', () => {
    const notes = ofService(spec, away(seen));
    expect(told(notes)).toEqual([
      'ECS service shop/web in eu-central-1: its desired count is 4',
      'ECS service shop/web in eu-west-1: its desired count is 0',
    ]);
    expect(notes[0]?.terraform).toEqual(['in aws_ecs_service: lifecycle { ignore_changes = [desired_count] }']);
  });

  it.each<[string, Handover<ServiceFacts>]>([
    ['at home', home({ primary: seen.recovery })],
    [
      'of what does not answer',
      away({ recovery: { isolate: { service: 'unanswered' }, scale: { service: 'absent' } } }),
    ],
  ] as const)('%s nothing is said', (_title, handover) => {
    expect(ofService(spec, handover)).toEqual([]);
  });
});

describe('security-group-fence', () => {
  const spec = Door.parse({ primary: { securityGroup: 'sg-00000001' }, recovery: { securityGroup: 'sg-00000002' } });
  const rule = { id: 'sgr-1', protocol: 'tcp', tags: {} };

  it('the closed door of the Region at rest would be opened', () => {
    const [note, ...others] = ofDoor(spec, away({ recovery: { isolate: { rules: [] }, scale: { rules: [rule] } } }));
    expect(note).toMatchObject({ object: 'security group sg-00000001 in eu-west-1' });
    expect(others).toEqual([]);
  });

  it('back home the rules may have new ids', () => {
    const [note] = ofDoor(spec, home({ primary: { isolate: { rules: [rule] }, scale: { rules: [rule] } } }));
    expect(note?.is).toContain('sgr-1');
  });

  it.each(['absent', 'unanswered'] as const)('of one that is %s nothing is said', (rules) => {
    expect(ofDoor(spec, away({ recovery: { isolate: { rules }, scale: { rules } } }))).toEqual([]);
  });
});

describe('route53-record', () => {
  const spec = Records.parse({
    zoneId: 'Z1',
    epochName: '_understudy.shop.example.com',
    nameServers: ['ns1.example.com'],
    records: [
      {
        name: 'shop.example.com',
        type: 'A',
        routing: 'weighted',
        primary: { values: ['192.0.2.1'] },
        recovery: { values: ['192.0.2.2'] },
      },
    ],
  });
  const set = (SetIdentifier: string, Weight: number, Value: string) => ({
    Name: 'shop.example.com.',
    Type: 'A',
    SetIdentifier,
    Weight,
    TTL: 60,
    ResourceRecords: [{ Value }],
  });
  const sets = [set('primary', 0, '192.0.2.1'), set('recovery', 100, '192.0.2.2')];
  const facts = { 'flip-dns': { zone: 'present', sets, change: 'unknown', servers: [] } } as const;

  it('traffic would go back to the Region at rest', () => {
    const [note] = ofRecords(spec, away({ recovery: facts }));
    expect(note?.is).toBe('primary weight 0 192.0.2.1, recovery weight 100 192.0.2.2');
    expect(note?.terraform[0]).toBe('in aws_route53_record: lifecycle { ignore_changes = [weighted_routing_policy] }');
  });

  it('at home, or without the zone, nothing is said', () => {
    expect(ofRecords(spec, home({ primary: facts }))).toEqual([]);
    expect(ofRecords(spec, away({ recovery: { 'flip-dns': { zone: 'absent' } } }))).toEqual([]);
  });
});

describe('event-source', () => {
  const uuid = '11111111-1111-4111-8111-111111111111';
  const facts: { readonly [phase in 'isolate' | 'flip-dns']: Events } = {
    isolate: { from: { state: 'off', word: 'Disabled' } },
    'flip-dns': { to: { state: 'on', word: 'Enabled' } },
  };

  it.each([
    ['mapping', { mapping: uuid }, 'in aws_lambda_event_source_mapping: lifecycle { ignore_changes = [enabled] }'],
    ['rule', { rule: 'orders' }, 'in aws_cloudwatch_event_rule: lifecycle { ignore_changes = [state] }'],
    [
      'schedule',
      { schedule: 'nightly', role: 'r' },
      'in aws_scheduler_schedule: lifecycle { ignore_changes = [state] }',
    ],
  ])('a %s would be switched in both Regions', (_title, source, line) => {
    const notes = ofEvents(EventSource.parse({ primary: source, recovery: source }), away({ recovery: facts }));
    expect(notes.map(({ is }) => is)).toEqual(['it is Enabled', 'it is Disabled']);
    expect(notes.map(({ terraform }) => terraform)).toEqual([[line], [line]]);
  });

  it('at home nothing is said', () => {
    const spec = EventSource.parse({ primary: { rule: 'orders' }, recovery: { rule: 'orders' } });
    expect(ofEvents(spec, home({ primary: facts }))).toEqual([]);
  });
});

describe('route53-health-check-flip', () => {
  const places = { primary: { bucket: 'one', key: 'orders' }, recovery: { bucket: 'two', key: 'orders' } };
  const spec = places as unknown as Parameters<typeof ofFlip>[0];
  const present = { to: { state: 'present', text: 'x', changedAt: 0 }, servers: [] } as const;

  it('the object that says who is active must not be declared', () => {
    expect(told(ofFlip(spec, away({ recovery: { 'flip-dns': present } })))[0]).toContain('object s3://two/orders');
  });

  it('without one nothing is said', () => {
    const absent = { ...present, to: { state: 'absent' } } as const;
    expect(ofFlip(spec, away({ recovery: { 'flip-dns': absent } }))).toEqual([]);
  });
});
