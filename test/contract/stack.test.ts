import { describe, expect, it } from 'vitest';
import { functionId, logGroupId, pascal } from '../../deploy/cloudformation.ts';
import { sites } from '../../deploy/deployment.ts';
import { stepIds } from '../../shared/domain/phase.ts';
import { places } from '../../shared/domain/run.ts';
import { dimensionsOf, metrics } from '../../shared/signals/metrics.ts';
import { definitions } from './machine.ts';
import { example, idsOfType, ofType, stackAt, stacks } from './stacks.ts';

const resourceOf = (site: (typeof sites)[number], id: string) => stacks[site].resources.Resources[id];

const inPlaces = places.flatMap((place) => definitions.map((definition) => ({ place, ...definition })));

describe.each(inPlaces)('the state machine $id in $place', ({ id, lambdaTasks, place, text }) => {
  const machine =
    ofType(stacks[place], 'AWS::StepFunctions::StateMachine').find((one) =>
      String(one['StateMachineName']).endsWith(`-${id}`),
    ) ?? {};

  it('is the file, byte for byte', () => {
    expect(machine['DefinitionString']).toBe(text);
  });

  it('has a value for each of its placeholders, and no other', () => {
    const placeholders = [...text.matchAll(/\$\{(\w+)\}/g)].map(([, name]) => name);
    const values = machine['DefinitionSubstitutions'] as Record<string, { readonly Ref: string }>;
    expect(Object.keys(values).sort()).toEqual([...new Set(placeholders)].sort());
  });

  it('runs of each step one version, which stays when a newer one replaces it', () => {
    const values = machine['DefinitionSubstitutions'] as Record<string, { readonly Ref: string }>;
    const steps = stepIds.filter((step) =>
      lambdaTasks.some(({ placeholder }) => placeholder === `${pascal(step)}FunctionArn`),
    );
    for (const step of steps) {
      const version = resourceOf(place, values[`${pascal(step)}FunctionArn`]?.Ref ?? '');
      expect(version).toMatchObject({
        Type: 'AWS::Lambda::Version',
        DeletionPolicy: 'Retain',
        UpdateReplacePolicy: 'Retain',
        Properties: { FunctionName: { Ref: functionId(step) } },
      });
    }
  });

  it('writes logs and traces', () => {
    expect(machine).toMatchObject({ TracingConfiguration: { Enabled: true }, LoggingConfiguration: { Level: 'ALL' } });
  });
});

describe('versions', () => {
  const versionsOf = async (code: string) => {
    const hashes = Object.fromEntries(Object.keys(stacks.recovery.functions).map((name) => [name, code]));
    return idsOfType(await stackAt('recovery', { hashes }), 'AWS::Lambda::Version').toSorted();
  };

  it('are the same for the same code', async () => {
    expect(await versionsOf('one')).toEqual(await versionsOf('one'));
  });

  it('are others for other code', async () => {
    const before = await versionsOf('one');
    expect((await versionsOf('another')).filter((id) => before.includes(id))).toEqual([]);
  });
});

describe('the coordination table', () => {
  const [table = {}] = ofType(stacks.primary, 'AWS::DynamoDB::GlobalTable');

  it('is made once, by the stack of the primary Region', () => {
    expect(sites.filter((site) => idsOfType(stacks[site], 'AWS::DynamoDB::GlobalTable').length > 0)).toEqual([
      'primary',
    ]);
  });

  it('has two replicas, a witness, and strong consistency', () => {
    expect(table).toMatchObject({
      MultiRegionConsistency: 'STRONG',
      GlobalTableWitnesses: [{ Region: 'eu-west-3' }],
      Replicas: [{ Region: 'eu-west-1' }, { Region: 'eu-central-1' }],
    });
  });

  it('has the keys that the code uses, and the name that the functions get', () => {
    const keys = table['KeySchema'] as readonly { readonly AttributeName: string }[];
    expect(keys.map(({ AttributeName }) => AttributeName)).toEqual(['pk', 'sk']);
    for (const site of sites) expect(stacks[site].environment['UNDERSTUDY_TABLE']).toBe(table['TableName']);
  });

  it('cannot be deleted by mistake', () => {
    expect(resourceOf('primary', 'CoordinationTable')).toMatchObject({ DeletionPolicy: 'Retain' });
    expect(table['Replicas']).toEqual([
      expect.objectContaining({ DeletionProtectionEnabled: true }),
      expect.objectContaining({ DeletionProtectionEnabled: true }),
    ]);
  });

  it('has neither mode nor witness where the plain variant is asked for', async () => {
    const [plain = {}] = ofType(
      await stackAt('primary', { parameters: { consistency: 'eventual' } }),
      'AWS::DynamoDB::GlobalTable',
    );
    expect(plain).not.toHaveProperty('MultiRegionConsistency');
    expect(plain).not.toHaveProperty('GlobalTableWitnesses');
  });
});

describe('detection', () => {
  const alarmsAt = (site: (typeof sites)[number]) =>
    ofType(stacks[site], 'AWS::CloudWatch::Alarm').filter(({ AlarmName }) => AlarmName !== undefined);

  it.each(sites)('in %s has exactly the alarms that signals name, with their windows', (site) => {
    const signals = example.detection.signals.filter(({ kind, observer }) => observer === site && kind !== 'alarm');
    expect(signals.length).toBeGreaterThan(0);
    expect(alarmsAt(site)).toMatchObject(
      signals.map(({ alarm, kind, watches, windowSeconds }) => {
        const other = watches === 'primary' ? 'recovery' : 'primary';
        const isProbe = kind === 'probe';
        const period = windowSeconds % 60 === 0 ? 60 : 10;
        return {
          AlarmName: alarm,
          MetricName: isProbe ? metrics.probeFailed : metrics.heartbeatAge,
          Dimensions: dimensionsOf(example.application, isProbe ? watches : other),
          Period: period,
          // A quarter of the probes of a period.
          ...(isProbe
            ? { Statistic: 'Sum', DatapointsToAlarm: windowSeconds / period, Threshold: period / 4 }
            : { Threshold: windowSeconds }),
        };
      }),
    );
  });

  it('counts probes that wait for their timeout as rarer', async () => {
    const probes = { ...example.detection.probes, timeoutSeconds: 2.5 };
    const plan = { ...example, detection: { ...example.detection, probes } };
    const [alarm] = ofType(await stackAt('witness', { plan }), 'AWS::CloudWatch::Alarm').filter(
      ({ AlarmName }) => AlarmName === 'shop-primary-fails',
    );
    expect(alarm).toMatchObject({ Period: 10, Threshold: 1 });
  });

  it('does not take missing data for a failure, and for a good day where observers pause on good days', async () => {
    const probes = { ...example.detection.probes, quietEverySeconds: 1 };
    const plan = { ...example, detection: { ...example.detection, probes } };
    for (const site of sites) {
      const never = ofType(await stackAt(site, { plan }), 'AWS::CloudWatch::Alarm');
      const treatments = [alarmsAt(site), never.filter(({ AlarmName }) => AlarmName !== undefined)].map(
        (alarms) => new Set(alarms.map((alarm) => alarm['TreatMissingData'])),
      );
      expect(treatments).toEqual([new Set(['notBreaching']), new Set(['missing'])]);
    }
  });

  it.each([
    ['primary', ['shop-recovery-fails', 'shop-primary-hears-nothing']],
    ['recovery', ['shop-primary-fails', 'shop-recovery-hears-nothing']],
  ] as const)('in %s hands to trigger what is seen of the other place', (site, alarmName) => {
    expect(resourceOf(site, 'AlarmRule')?.Properties).toMatchObject({
      EventPattern: { detail: { alarmName, state: { value: ['ALARM'] } } },
      Targets: [{ Id: 'trigger', DeadLetterConfig: expect.anything() }],
    });
  });

  it('says so where several signals of one observer agree', () => {
    const [composite] = ofType(stacks.recovery, 'AWS::CloudWatch::CompositeAlarm');
    expect(composite?.['AlarmRule']).toBe('AT_LEAST(2, ALARM, ("shop-primary-fails", "shop-recovery-hears-nothing"))');
    for (const site of ['primary', 'witness'] as const) {
      expect(idsOfType(stacks[site], 'AWS::CloudWatch::CompositeAlarm')).toEqual([]);
    }
  });

  it('hands silence over only where a signal tells by it', async () => {
    const signals = example.detection.signals.map((signal) =>
      signal.observer === 'recovery' ? { ...signal, missingData: 'failing' as const } : signal,
    );
    const plan = { ...example, detection: { ...example.detection, signals } };
    const stack = await stackAt('recovery', { plan });
    expect(stack.resources.Resources['AlarmRule']?.Properties).toMatchObject({
      EventPattern: { detail: { state: { value: ['ALARM', 'INSUFFICIENT_DATA'] } } },
    });
  });
});

describe('the witness', () => {
  it('only observes: one function, and nothing that could start or run anything', () => {
    expect(Object.keys(stacks.witness.functions)).toEqual(['probe']);
    const types = new Set(Object.values(stacks.witness.resources.Resources).map(({ Type }) => Type));
    expect([...types].filter((type) => /StepFunctions|Events::Rule|DynamoDB/.test(type))).toEqual([]);
  });
});

describe('schedules', () => {
  it('there is none for a guard without a lease', async () => {
    const { lease: _lease, ...policy } = example.policy;
    const { resources } = await stackAt('recovery', { plan: { ...example, policy } });
    expect(Object.keys(resources.Resources)).not.toContain('GuardLambdaFunctionSchedule');
    expect(Object.keys(stacks.recovery.resources.Resources)).toContain('GuardLambdaFunctionSchedule');
  });

  it.each(sites)('in %s whatever is lost is kept as a dead letter, and an alarm tells of it', (site) => {
    for (const { Target } of ofType(stacks[site], 'AWS::Scheduler::Schedule')) {
      expect(Target).toHaveProperty('DeadLetterConfig');
    }
    expect(resourceOf(site, 'DeadLettersAlarm')?.Properties).toMatchObject({ AlarmActions: [{ Ref: 'Topic' }] });
  });

  it('a run that ends without a word is told of', () => {
    for (const place of places) {
      const { EventPattern } = resourceOf(place, 'SilentEndRule')?.Properties ?? {};
      expect(EventPattern).toMatchObject({ detail: { status: ['ABORTED', 'TIMED_OUT'] } });
    }
  });
});

describe('parameters', () => {
  it('encryption: customer makes a key that everything at rest uses, but the table', async () => {
    const stack = await stackAt('primary', { parameters: { encryption: 'customer' } });
    const key = { 'Fn::GetAtt': ['Key', 'Arn'] };
    expect(ofType(stack, 'AWS::SNS::Topic')).toMatchObject([{ KmsMasterKeyId: key }]);
    expect(ofType(stack, 'AWS::Logs::LogGroup')).toMatchObject(definitions.map(() => ({ KmsKeyId: key })));
    expect(JSON.stringify(ofType(stack, 'AWS::DynamoDB::GlobalTable'))).not.toContain('Key","Arn');
    // osls makes the log groups of functions, and takes from us what it has no word for.
    const logs = Object.keys(stack.functions).map((name) => [logGroupId(name), { Properties: { KmsKeyId: key } }]);
    expect(stack.resources.extensions).toEqual(Object.fromEntries(logs));
    expect(stacks.primary.resources.extensions).toEqual({});
  });

  it('gameDaySubnets makes an experiment on these subnets in the primary Region only', async () => {
    const changed = { parameters: { gameDaySubnets: 'app=shop' } };
    expect(ofType(await stackAt('primary', changed), 'AWS::FIS::ExperimentTemplate')).toMatchObject([
      { Targets: { subnets: { ResourceTags: { app: 'shop' } } } },
    ]);
    expect(idsOfType(await stackAt('recovery', changed), 'AWS::FIS::ExperimentTemplate')).toEqual([]);
    expect(idsOfType(stacks.primary, 'AWS::FIS::ExperimentTemplate')).toEqual([]);
  });
});

describe('the dashboard', () => {
  const body = ofType(stacks.recovery, 'AWS::CloudWatch::Dashboard').map(({ DashboardBody }) => DashboardBody);
  const { widgets } = JSON.parse((body[0] as { readonly 'Fn::Sub': string })['Fn::Sub']) as {
    readonly widgets: readonly { readonly properties: { readonly title: string; readonly annotations?: unknown } }[];
  };

  it('is one page, in the recovery Region, unless it is not wanted', async () => {
    expect(body).toHaveLength(1);
    expect(idsOfType(stacks.primary, 'AWS::CloudWatch::Dashboard')).toEqual([]);
    const without = await stackAt('recovery', { parameters: { dashboard: 'off' } });
    expect(idsOfType(without, 'AWS::CloudWatch::Dashboard')).toEqual([]);
  });

  it('draws the objectives of the plan', () => {
    const limits = widgets.flatMap(({ properties }) => properties.annotations ?? []);
    expect(limits).toEqual([
      { horizontal: [{ label: 'RPO', value: example.objectives.rpoSeconds }] },
      { horizontal: [{ label: 'RTO', value: example.objectives.rtoSeconds }] },
    ]);
  });

  it('counts the runs of every state machine, in both places', () => {
    const machines = JSON.stringify(widgets).matchAll(/stateMachine:([\w-]+)/g);
    const counted = new Set([...machines].map(([, name]) => name));
    expect([...counted].sort()).toEqual(definitions.map(({ id }) => `understudy-shop-prod-${id}`).sort());
  });

  it('shows state, lag, readiness, drills, recoveries, runs and trouble', () => {
    expect(widgets.map(({ properties }) => properties.title.split(/[ :]/)[0]).sort()).toEqual(
      ['Drills', 'Lag', 'Readiness', 'Recovery', 'Runs', 'State', 'Trouble'].sort(),
    );
  });
});
