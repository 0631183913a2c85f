import { DescribeTableCommand, DynamoDBClient, type TableDescription } from '@aws-sdk/client-dynamodb';
import { converted } from '../shared/aws/errors.ts';
import type { Outside } from '../shared/aws/outside.ts';
import { hasCode } from '../shared/domain/errors.ts';
import { places } from '../shared/domain/run.ts';
import type { PlanProblem } from '../shared/plan/plan-problems.ts';
import { type Deployment, namesOf } from './deployment.ts';

/** A table of the name that the deployment would use, as one Region describes it. */
export interface FoundTable {
  readonly name: string;
  readonly consistency: 'strong' | 'eventual';
  /** Sorted. */
  readonly replicas: readonly string[];
  readonly witness: string | undefined;
}

type Wanted = Pick<Deployment, 'plan' | 'stage' | 'parameters'>;

/** The coordination table that is there already, if there is one. Only reads. */
export async function findTable(wanted: Wanted, outside: Outside): Promise<FoundTable | undefined> {
  for (const place of places) {
    const region = wanted.plan.regions[place];
    const found = await describe(namesOf(wanted).table, region, outside);
    if (found !== undefined) return toFound(found, region);
  }
  return undefined;
}

async function describe(name: string, region: string, outside: Outside): Promise<TableDescription | undefined> {
  const client = outside.client(DynamoDBClient, region);
  const command = new DescribeTableCommand({ TableName: name });
  try {
    return (await converted(`describing table ${name} in ${region}`, () => client.send(command))).Table;
  } catch (error) {
    if (hasCode(error, 'ResourceNotFoundException')) return undefined;
    throw error;
  }
}

function toFound(table: TableDescription, region: string): FoundTable {
  const others = (table.Replicas ?? []).map(({ RegionName }) => RegionName ?? '');
  return {
    name: table.TableName ?? '',
    consistency: table.MultiRegionConsistency === 'STRONG' ? 'strong' : 'eventual',
    replicas: [...new Set([region, ...others])].sort(),
    witness: table.GlobalTableWitnesses?.[0]?.RegionName,
  };
}

/** Why this table cannot be the one that the plan wants. The mode and the Regions of a table with data are final. */
export function tableProblems({ parameters, plan }: Wanted, found: FoundTable | undefined): readonly PlanProblem[] {
  if (found === undefined) return [];
  const { consistency, name, replicas, witness } = found;
  const elsewhere = 'deploy to another stage, or restore what it holds into a new table';
  const problems: PlanProblem[] = [];
  const regions = places.map((place) => plan.regions[place]).sort();
  if (regions.join() !== replicas.join()) {
    const problem = `the plan is for ${regions.join(' and ')}, but table ${name} is in ${replicas.join(' and ')}`;
    problems.push({ path: 'regions', problem, remedy: `use the Regions of the table, or ${elsewhere}` });
  }
  if (consistency !== parameters.consistency) {
    const problem = `table ${name} is ${consistency}, and its mode cannot be changed`;
    problems.push({
      path: '--consistency',
      problem,
      remedy: `deploy with --consistency ${consistency}, or ${elsewhere}`,
    });
  }
  if (consistency === 'strong' && witness !== plan.regions.witness) {
    const problem = `the witness of table ${name} is ${witness ?? 'missing'}, not ${plan.regions.witness}`;
    const remedy = witness === undefined ? elsewhere : `name ${witness} as the witness, or ${elsewhere}`;
    problems.push({ path: 'regions.witness', problem, remedy });
  }
  return problems;
}
