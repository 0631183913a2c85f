import { arn } from '../shared/domain/arn.ts';
import { metricNamespace, metrics } from '../shared/domain/metric.ts';
import { type Place, places } from '../shared/domain/run.ts';
import type { LagMetric } from '../shared/kinds/contract.ts';
import { metrics as probed } from '../shared/signals/metrics.ts';
import type { Resources } from './cloudformation.ts';
import { type Deployment, namesOf, sites } from './deployment.ts';

type Metric = readonly unknown[];

interface Graph {
  readonly title: string;
  readonly metrics: readonly Metric[];
  readonly stat: 'Sum' | 'Maximum' | 'Average';
  readonly period?: number;
  /** The objective, drawn as a line. */
  readonly limit?: { readonly label: string; readonly value: number };
}

const widgetSize = { width: 12, height: 6 };

/**
 * One page in the recovery Region about all of them: it must be there when the primary Region is not.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html
 */
export function dashboardResources(deployment: Deployment): Resources {
  if (deployment.site !== 'recovery' || deployment.parameters.dashboard === 'off') return {};
  const graphs = [runs, health, lag, recovery, readiness, dryRuns].map((of) => of(deployment));
  const widgets = [...graphs.map((graph) => graphWidget(deployment, graph)), troubleWidget(deployment)];
  const { application } = deployment.plan;
  return {
    Dashboard: {
      Type: 'AWS::CloudWatch::Dashboard',
      Properties: {
        DashboardName: `understudy-${application}-${deployment.stage}`,
        DashboardBody: { 'Fn::Sub': JSON.stringify({ widgets }) },
      },
    },
  };
}

const inPlaces = ({ plan }: Deployment, of: (place: Place, region: string) => readonly Metric[]): readonly Metric[] =>
  places.flatMap((place) => of(place, plan.regions[place]));

function runs(deployment: Deployment): Graph {
  const ends = ['Started', 'Succeeded', 'Failed', 'Aborted', 'TimedOut'];
  const found = inPlaces(deployment, (place, region) =>
    [...deployment.machines.keys()].flatMap((name) => {
      const machine = arn('states', region, `stateMachine:${namesOf(deployment).machine(name)}`);
      const line = (end: string) => ({ region, label: `${name} ${end} ${place}` });
      return ends.map((end) => ['AWS/States', `Executions${end}`, 'StateMachineArn', machine, line(end)]);
    }),
  );
  return { title: 'Runs', metrics: found, stat: 'Sum', period: 300 };
}

/** As each observer sees each place. */
function health({ plan }: Deployment): Graph {
  const { application, regions } = plan;
  const found = sites.flatMap((site) =>
    places.map((place) => [
      ...[metricNamespace, probed.probeFailed, 'Application', application, 'Place', place],
      { region: regions[site], label: `${place} seen from ${site}` },
    ]),
  );
  return { title: 'State: share of probes that failed', metrics: found, stat: 'Average', period: 10 };
}

function lag({ kinds, plan }: Deployment): Graph {
  const found = plan.resources.flatMap(({ id, kind, spec }) =>
    places.flatMap((place) => {
      const region = plan.regions[place];
      const metric = kinds.get(kind)?.lagMetric?.(spec, { place, region });
      return metric === undefined ? [] : [lagLine(metric, { region, label: `${id} ${place}` })];
    }),
  );
  const limit = { label: 'RPO', value: plan.objectives.rpoSeconds };
  return { title: 'Lag (s): what a failover now would lose', metrics: found, stat: 'Maximum', limit };
}

const lagLine = ({ dimensions, name, namespace }: LagMetric, options: object): Metric => [
  namespace,
  name,
  ...Object.entries(dimensions).flat(),
  options,
];

const ownMetric = (deployment: Deployment, name: string): readonly Metric[] =>
  inPlaces(deployment, (place, region) => [
    [metricNamespace, name, 'Application', deployment.plan.application, { region, label: place }],
  ]);

function recovery(deployment: Deployment): Graph {
  const limit = { label: 'RTO', value: deployment.plan.objectives.rtoSeconds };
  const found = ownMetric(deployment, metrics.recoverySeconds);
  return { title: 'Recovery (s): from the incident to the end of the run', metrics: found, stat: 'Maximum', limit };
}

const readiness = (deployment: Deployment): Graph => ({
  title: 'Readiness: looks at resources that failed',
  metrics: ownMetric(deployment, metrics.resourcesUnready),
  stat: 'Maximum',
});

const dryRuns = (deployment: Deployment): Graph => ({
  title: 'Drills: dry runs that came to their end',
  metrics: ownMetric(deployment, metrics.dryRunFinished),
  stat: 'Sum',
  period: 86_400,
});

function graphWidget({ plan }: Deployment, { limit, metrics: lines, period = 60, stat, title }: Graph) {
  const annotations = limit === undefined ? {} : { annotations: { horizontal: [limit] } };
  return {
    type: 'metric',
    ...widgetSize,
    properties: {
      title,
      view: 'timeSeries',
      region: plan.regions.recovery,
      stat,
      period,
      metrics: lines,
      ...annotations,
    },
  };
}

/** Whatever functions and errors there were: their names are found by a search. */
function troubleWidget({ plan }: Deployment) {
  const found = places.map((place) => {
    const expression = `SEARCH('{${metricNamespace},Error,Function} MetricName="${metrics.trouble}"', 'Sum', 300)`;
    return [{ expression, region: plan.regions[place], label: place }];
  });
  return {
    type: 'metric',
    ...widgetSize,
    properties: {
      title: 'Trouble: events that no function served',
      view: 'timeSeries',
      region: plan.regions.recovery,
      metrics: found,
    },
  };
}
