import { type Document, parseDocument } from 'yaml';
import * as z from 'zod';
import { type Plan, PlanFile, type Resource } from '../domain/plan.ts';
import type { AnyKind } from '../kinds/contract.ts';
import { registry } from '../kinds/registry.ts';
import { isolationProblems } from './isolation-problems.ts';
import { type PlanProblem, planProblems } from './plan-problems.ts';

/** A plan that cannot be used, with everything that is wrong with it. */
export class PlanError extends Error {
  override readonly name = 'PlanError';
  readonly problems: readonly PlanProblem[];

  constructor(source: string, problems: readonly PlanProblem[]) {
    const lines = problems.map(({ path, problem, remedy }) => `  ${path}: ${problem}\n      → ${remedy}`);
    super(`${source} has ${problems.length} problem${problems.length === 1 ? '' : 's'}:\n${lines.join('\n')}`);
    this.problems = problems;
  }
}

/**
 * Reads and validates a plan: YAML, fields, each resource by its kind's schema, contradictions.
 * @param source name of the file, for messages
 * @throws PlanError listing every problem found, with its path and a remedy
 */
export async function loadPlan(source: string, yaml: string): Promise<Plan> {
  const written = parseYaml(source, yaml);
  const file = PlanFile.safeParse(written);
  if (!file.success) {
    const fields = file.error.issues.map(toProblem(''));
    throw new PlanError(source, [...fields, ...(await problemsOfResources(written))]);
  }
  const { $schema: _schema, ...plan } = file.data;
  const checked = await checkResources(plan);
  const resources = checked.flatMap(({ resource }) => resource ?? []);
  const wrong = [...checked.flatMap(({ problems: found }) => found), ...planProblems(file.data)];
  // A resource that is wrong might have been the fence.
  const isWhole = resources.length === plan.resources.length;
  const problems = isWhole ? [...wrong, ...(await isolationProblems(plan, resources))] : wrong;
  if (problems.length > 0) throw new PlanError(source, problems);
  return { ...plan, resources };
}

function parseYaml(source: string, yaml: string): unknown {
  const document = parseDocument(yaml, { prettyErrors: true });
  if (document.errors.length === 0) return resolved(source, document);
  throw new PlanError(
    source,
    document.errors.map((error) => ({
      path: `line ${error.linePos?.[0].line ?? '?'}`,
      problem: error.message.split('\n')[0] ?? error.code,
      remedy: 'correct the YAML',
    })),
  );
}

/** Aliases are resolved only here, and one that leads nowhere throws. */
function resolved(source: string, document: Document): unknown {
  try {
    return document.toJS();
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    throw new PlanError(source, [{ path: 'the plan', problem, remedy: 'correct the alias' }]);
  }
}

/** All that resources need to be checked, whatever is wrong elsewhere in the file. */
const Resources = z.object({ policy: PlanFile.shape.policy, resources: PlanFile.shape.resources });
type Resources = z.infer<typeof Resources>;

async function problemsOfResources(written: unknown): Promise<readonly PlanProblem[]> {
  const parsed = Resources.safeParse(written);
  if (!parsed.success) return [];
  return (await checkResources(parsed.data)).flatMap(({ problems }) => problems);
}

const checkResources = (plan: Resources): Promise<readonly Checked[]> =>
  Promise.all(plan.resources.map((resource, index) => checkResource(plan, resource, index)));

interface Checked {
  readonly resource?: Resource;
  readonly problems: readonly PlanProblem[];
}

async function checkResource(
  plan: Resources,
  planned: Resources['resources'][number],
  index: number,
): Promise<Checked> {
  const path = `resources[${index}]`;
  const { id, kind: kindId, dependsOn, ...rest } = planned;
  const load = Object.hasOwn(registry, kindId) ? registry[kindId] : undefined;
  if (load === undefined) {
    const remedy = `use one of ${Object.keys(registry).join(', ')}`;
    return { problems: [{ path: `${path}.kind`, problem: `there is no kind ${kindId}`, remedy }] };
  }
  const kind = await load();
  const spec = kind.spec.safeParse(rest);
  if (!spec.success) return { problems: spec.error.issues.map(toProblem(path)) };
  return { resource: { id, kind: kindId, dependsOn, spec: spec.data }, problems: unaccepted(plan, kind, path) };
}

function unaccepted({ policy }: Resources, kind: AnyKind, path: string): readonly PlanProblem[] {
  return kind.controlPlanes
    .filter((controlPlane) => !policy.acceptsControlPlane.includes(controlPlane))
    .map((controlPlane) => ({
      path: `${path}.kind`,
      problem: `${kind.id} needs the global control plane of ${controlPlane} during a failover`,
      remedy: `accept it by name in policy.acceptsControlPlane: [${controlPlane}], or use a kind that needs none`,
    }));
}

const toProblem =
  (prefix: string) =>
  (issue: z.core.$ZodIssue): PlanProblem => ({
    path: joined(prefix, issue.path) || 'the plan',
    problem: issue.message,
    remedy: remedyFor(issue),
  });

function joined(prefix: string, path: readonly PropertyKey[]): string {
  return path.reduce<string>((text, key) => {
    if (typeof key === 'number') return `${text}[${key}]`;
    return text === '' ? String(key) : `${text}.${String(key)}`;
  }, prefix);
}

function remedyFor(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'unrecognized_keys':
      return `remove ${issue.keys.join(', ')}, or correct the spelling`;
    case 'invalid_type':
      return `give a value of type ${issue.expected}`;
    case 'invalid_value':
      return `use one of ${issue.values.map(String).join(', ')}`;
    case 'too_small':
      return `give at least ${issue.minimum}`;
    case 'too_big':
      return `give at most ${issue.maximum}`;
    default:
      return 'see the field in plans/example.plan.yml';
  }
}
