import {
  ChangeResourceRecordSetsCommand,
  GetChangeCommand,
  InvalidChangeBatch,
  ListResourceRecordSetsCommand,
  NoSuchHostedZone,
  PriorRequestNotComplete,
  type ResourceRecordSet,
  Route53Client,
  Route53ServiceException,
} from '@aws-sdk/client-route-53';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import type { DnsAnswer, DnsQuestion } from '../../../shared/aws/outside.ts';
import type { Target } from '../../../shared/kinds/contract.ts';
import { act, observe } from '../../../shared/kinds/route53-record/aws.ts';
import type { Action } from '../../../shared/kinds/route53-record/check.ts';
import { Spec } from '../../../shared/kinds/route53-record/spec.ts';
import { outsideOf } from '../../support/outside-of.ts';

const zoneId = 'Z0123456789ABC';
const spec = Spec.parse({
  zoneId,
  epochName: '_understudy.shop.example.com',
  nameServers: ['ns-1.example.net', 'ns-2.example.net:5353'],
  records: [
    {
      name: 'www.shop.example.com',
      type: 'A',
      routing: 'simple',
      primary: { values: ['192.0.2.1'] },
      recovery: { values: ['198.51.100.1'] },
    },
    {
      name: 'api.shop.example.com',
      type: 'A',
      routing: 'weighted',
      primary: { values: ['192.0.2.1'] },
      recovery: { values: ['198.51.100.1'] },
    },
  ],
});
const run = {
  id: 'run-7',
  application: 'shop',
  trigger: 'manual',
  purpose: 'failover',
  reason: 'test',
  from: { place: 'primary', region: 'eu-west-1' },
  to: { place: 'recovery', region: 'eu-central-1' },
  epoch: 7,
  openedAt: 0,
  incidentAt: 0,
} as const;
const target: Target = { phase: 'flip-dns', run };

let aws = mockClient(Route53Client);
beforeEach(() => {
  aws.restore();
  aws = mockClient(Route53Client);
});

const set = (name: string, more: Partial<ResourceRecordSet> = {}): ResourceRecordSet => ({
  Name: `${name}.shop.example.com.`,
  Type: 'A',
  TTL: 60,
  ResourceRecords: [{ Value: '192.0.2.1' }],
  ...more,
});
const mark = set('_understudy', { Type: 'TXT', ResourceRecords: [{ Value: '"epoch=6 run=run-6"' }] });
const member = (SetIdentifier: string, Weight: number): ResourceRecordSet =>
  set('api', { SetIdentifier, Weight, HealthCheckId: `check-${SetIdentifier}` });
const sentLists = () => aws.commandCalls(ListResourceRecordSetsCommand).map((call) => call.args[0].input);

/** Route 53 with pages of a few sets, each beginning where it was asked to. */
function serveZone(zone: readonly ResourceRecordSet[], pageSize: number): void {
  aws.on(ListResourceRecordSetsCommand).callsFake((input) => {
    const wanted = (one: ResourceRecordSet): boolean =>
      one.Name === `${input.StartRecordName}.` &&
      one.Type === input.StartRecordType &&
      (input.StartRecordIdentifier === undefined || one.SetIdentifier === input.StartRecordIdentifier);
    const start = zone.findIndex(wanted);
    const rest = start < 0 ? [] : zone.slice(start);
    const next = rest[pageSize];
    return {
      ResourceRecordSets: rest.slice(0, pageSize),
      IsTruncated: next !== undefined,
      NextRecordName: next?.Name,
      NextRecordType: next?.Type,
      NextRecordIdentifier: next?.SetIdentifier,
    };
  });
}

async function observedSets(): Promise<readonly unknown[]> {
  const facts = await observe(spec, target, outsideOf());
  return facts.zone === 'present' ? facts.sets : [];
}

describe('the records', () => {
  const pair = [member('primary', 100), member('recovery', 0)];
  const zone = [mark, ...pair, set('mail'), set('www'), set('www', { Type: 'AAAA' }), set('zzz')];

  it.each([1, 2, 3, 4, 5, 6, 7])('are all found, whole and once, in pages of %i', async (pageSize) => {
    serveZone(zone, pageSize);
    const sets = await observedSets();
    expect(sets).toHaveLength(4);
    expect(sets).toEqual(expect.arrayContaining([mark, ...pair, set('www')]));
  });

  it('cost one call when they are neighbours, and nothing is asked beyond them', async () => {
    serveZone(zone, 300);
    await observedSets();
    expect(sentLists()).toEqual([
      { HostedZoneId: zoneId, StartRecordName: '_understudy.shop.example.com', StartRecordType: 'TXT' },
    ]);
  });

  it('of a group that a page cuts are read on from the member where it was cut', async () => {
    serveZone([mark, set('www'), ...pair], 1);
    await observedSets();
    expect(sentLists().map((input) => [input.StartRecordName, input.StartRecordIdentifier])).toEqual([
      ['_understudy.shop.example.com', undefined],
      ['www.shop.example.com', undefined],
      ['api.shop.example.com', undefined],
      ['api.shop.example.com', 'recovery'],
    ]);
  });

  it('that do not exist are simply not there', async () => {
    serveZone([set('www')], 300);
    expect(await observedSets()).toEqual([set('www')]);
  });

  it('are asked for in us-east-1, where the control plane is', async () => {
    serveZone(zone, 300);
    const regions: string[] = [];
    const outside = outsideOf();
    await observe(spec, target, {
      ...outside,
      client: (Client, region) => {
        regions.push(region);
        return outside.client(Client, region);
      },
    });
    expect(new Set(regions)).toEqual(new Set(['us-east-1']));
  });

  it('of a zone that does not exist are a fact', async () => {
    aws.on(ListResourceRecordSetsCommand).rejects(new NoSuchHostedZone({ message: 'no', $metadata: {} }));
    expect(await observe(spec, target, outsideOf())).toEqual({ zone: 'absent' });
  });

  it('that may not be listed are a failure', async () => {
    const denied = {
      name: 'AccessDenied',
      $fault: 'client',
      $metadata: { httpStatusCode: 403 },
      message: 'no',
    } as const;
    aws.on(ListResourceRecordSetsCommand).rejects(new Route53ServiceException(denied));
    const looked = observe(spec, target, outsideOf());
    await expect(looked).rejects.toMatchObject({ name: 'TerminalError', code: 'AccessDenied' });
  });
});

describe('the authoritative servers', () => {
  it('are each asked for the epoch, and those that answer for each name', async () => {
    serveZone([], 300);
    const asked: DnsQuestion[] = [];
    const dns = async (question: DnsQuestion): Promise<DnsAnswer> => {
      asked.push(question);
      if (question.server === 'ns-1.example.net') return { answered: false, why: 'no answer within 1000 ms' };
      return { answered: true, values: question.type === 'TXT' ? ['epoch=7 run=run-7'] : ['198.51.100.1'] };
    };
    const facts = await observe(spec, target, outsideOf({ dns }));
    const answer = { answered: true, values: ['198.51.100.1'] };
    expect(facts).toHaveProperty('servers', [
      { server: 'ns-1.example.net', mark: { answered: false, why: 'no answer within 1000 ms' }, names: [] },
      {
        server: 'ns-2.example.net:5353',
        mark: { answered: true, values: ['epoch=7 run=run-7'] },
        names: [
          { name: 'www.shop.example.com', type: 'A', answer },
          { name: 'api.shop.example.com', type: 'A', answer },
        ],
      },
    ]);
    expect(asked.filter(({ server }) => server === 'ns-1.example.net')).toEqual([
      { server: 'ns-1.example.net', name: '_understudy.shop.example.com', type: 'TXT', timeoutMs: 1_000 },
    ]);
  });
});

const action: Action = {
  type: 'point',
  changes: [
    { Action: 'DELETE', ResourceRecordSet: JSON.parse(JSON.stringify(mark)) },
    { Action: 'UPSERT', ResourceRecordSet: JSON.parse(JSON.stringify(member('recovery', 100))) },
  ],
};

describe('act', () => {
  const point = (wanted: Action = action, outside = outsideOf()) => act(wanted, spec, target, outside);
  const rejected = (attempts: number) =>
    new InvalidChangeBatch({ message: 'it was not found', $metadata: { httpStatusCode: 400, attempts } });

  it('sends the batch once, as it is', async () => {
    aws.on(ChangeResourceRecordSetsCommand).resolves({});
    await point();
    expect(aws.commandCalls(ChangeResourceRecordSetsCommand).map((call) => call.args[0].input)).toEqual([
      { HostedZoneId: zoneId, ChangeBatch: { Comment: 'Understudy, epoch 7', Changes: action.changes } },
    ]);
    expect(aws.calls()).toHaveLength(1);
  });

  it('writes that batch as XML on the wire', async () => {
    aws.restore();
    const bodies: unknown[] = [];
    const outside = outsideOf();
    const client = outside.client(Route53Client, 'us-east-1');
    client.middlewareStack.add(
      () => async (args) => {
        bodies.push(Reflect.get(args.request as object, 'body'));
        throw new PriorRequestNotComplete({ message: 'stopped here', $metadata: {} });
      },
      { step: 'finalizeRequest' },
    );
    const held = { ...outside, client: () => client as never };
    await expect(point(action, held)).rejects.toMatchObject({ code: 'PriorRequestNotComplete' });
    expect(bodies).toEqual([expect.stringContaining('<Value>&quot;epoch=6 run=run-6&quot;</Value>')]);
    expect(bodies).toEqual([expect.stringContaining('<SetIdentifier>recovery</SetIdentifier><Weight>100</Weight>')]);
    expect(bodies).toEqual([expect.stringContaining('<HealthCheckId>check-recovery</HealthCheckId>')]);
  });

  it.each([
    ['surely did nothing', 'none', 1],
    ['may be the work of an earlier attempt', 'unknown', 2],
  ])('takes a batch that no longer fits as a reason to look again: it %s', async (_title, effect, attempts) => {
    aws.on(ChangeResourceRecordSetsCommand).rejects(rejected(attempts));
    await expect(point()).rejects.toMatchObject({ name: 'TransientError', code: 'InvalidChangeBatch', effect });
  });

  it('gives up a way back that no longer fits, because no later look could help', async () => {
    aws.on(ChangeResourceRecordSetsCommand).rejects(rejected(1));
    const undone = point({ ...action, type: 'point-back' });
    await expect(undone).rejects.toMatchObject({ name: 'TerminalError', code: 'InvalidChangeBatch' });
  });

  it.each([
    ['PriorRequestNotComplete', new PriorRequestNotComplete({ message: 'wait', $metadata: { httpStatusCode: 400 } })],
    [
      'Throttling',
      new Route53ServiceException({
        name: 'Throttling',
        $fault: 'client',
        $metadata: { httpStatusCode: 400 },
        message: 'rate exceeded',
      }),
    ],
  ])('may be asked again after %s', async (code, error) => {
    aws.on(ChangeResourceRecordSetsCommand).rejects(error);
    await expect(point()).rejects.toMatchObject({ name: 'TransientError', code, effect: 'none' });
  });
});

describe('INSYNC', () => {
  const change = (Status: 'PENDING' | 'INSYNC') => ({
    ChangeInfo: { Id: '/change/C1', Status, SubmittedAt: new Date(0) },
  });
  const otherRun: Target = { ...target, run: { ...run, id: 'run-8', epoch: 8 } };
  const seen = async (outside: ReturnType<typeof outsideOf>, at: Target = target): Promise<unknown> => {
    const facts = await observe(spec, at, outside);
    return facts.zone === 'present' ? facts.change : facts.zone;
  };
  beforeEach(() => {
    serveZone([], 300);
    aws.on(ChangeResourceRecordSetsCommand).resolves(change('PENDING'));
    aws.on(GetChangeCommand).resolvesOnce(change('PENDING')).resolves(change('INSYNC'));
  });

  it('is asked for by the process that sent the batch, for the change it sent', async () => {
    const outside = outsideOf();
    expect(await seen(outside)).toBe('unknown');
    await act(action, spec, target, outside);
    expect([await seen(outside), await seen(outside)]).toEqual(['PENDING', 'INSYNC']);
    const ids = aws.commandCalls(GetChangeCommand).map((call) => call.args[0].input);
    expect(ids).toEqual([{ Id: '/change/C1' }, { Id: '/change/C1' }]);
  });

  it('is unknown to another process, to another run, and after a dry run', async () => {
    const outside = outsideOf();
    await act(action, spec, target, outside);
    aws.on(ChangeResourceRecordSetsCommand).resolves({});
    const dry = outsideOf();
    await act(action, spec, target, dry);
    const looks = [await seen(outsideOf()), await seen(outside, otherRun), await seen(dry)];
    expect(looks).toEqual(['unknown', 'unknown', 'unknown']);
    expect(aws.commandCalls(GetChangeCommand)).toHaveLength(0);
  });
});
