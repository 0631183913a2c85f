import * as z from 'zod';
import { PlanFile } from '../shared/domain/plan.ts';
import type { AnyKind } from '../shared/kinds/contract.ts';
import { kindOf, registry } from '../shared/kinds/registry.ts';
import { writeGenerated } from './output.ts';

type JsonSchema = z.core.JSONSchema.BaseSchema;

export const planSchemaPath = 'plans/plan.schema.json';

/**
 * The JSON Schema of a plan, for editors: the plan's own fields, and of each resource those of its kind. Editors see
 * fields, not contradictions between them; `loadPlan` finds those.
 */
export async function planSchema(): Promise<JsonSchema> {
  const kinds = await Promise.all(Object.keys(registry).sort().map(kindOf));
  const plan = jsonSchemaOf(PlanFile);
  const planned = jsonSchemaOf(PlanFile.shape.resources.element);
  const resources = {
    ...propertiesOf(plan)['resources'],
    items: { oneOf: kinds.map((kind) => ofKind(kind, planned)) },
  };
  return {
    ...plan,
    title: 'Understudy plan',
    description: 'What is recovered, where to, and how far the automation may go.',
    properties: { ...propertiesOf(plan), resources },
  };
}

const jsonSchemaOf = (schema: z.ZodType): JsonSchema => z.toJSONSchema(schema, { io: 'input' });

const propertiesOf = ({ properties = {} }: JsonSchema): Record<string, JsonSchema> =>
  properties as Record<string, JsonSchema>;

/** The word `kind` tells an editor which of the alternatives applies. */
function ofKind(kind: AnyKind, planned: JsonSchema): JsonSchema {
  const { $schema: _dialect, ...spec } = jsonSchemaOf(kind.spec);
  const { id, dependsOn } = propertiesOf(planned);
  return {
    ...spec,
    title: kind.id,
    properties: { id, kind: { type: 'string', const: kind.id }, dependsOn, ...propertiesOf(spec) } as NonNullable<
      JsonSchema['properties']
    >,
    required: ['id', 'kind', ...(spec.required ?? [])],
  };
}

export const planSchemaText = async (): Promise<string> => `${JSON.stringify(await planSchema(), null, 2)}\n`;

if (import.meta.main) await writeGenerated(planSchemaPath, await planSchemaText());
