import { NormalizedSchema } from '@smithy/core/schema';
import { readTree, xmlCodec } from './codec.ts';
import { refuseUnknownMembers } from './members.ts';
import { inputOf, nameOf, outputOf, struct, text, type WireProtocol } from './protocol.ts';
import type { WireRequest } from './request.ts';
import { xmlError } from './xml-error.ts';

/** AWS query: a form `Action=DescribeDBInstances&Version=…`, answered in XML. */
export const query: WireProtocol = {
  unknownOperation: 'InvalidAction',
  operationOf: (request) => formOf(request).get('Action') ?? '',
  async readInput(request, operation) {
    const form = [...formOf(request)].filter(([name]) => name !== 'Action' && name !== 'Version');
    const tree = treeOf(form);
    refuseUnknownMembers(operation, tree);
    return readTree(inputOf(operation.schema), tree);
  },
  writeOutput(output, { schema, service }, requestId) {
    const name = nameOf(schema);
    const hasResult = NormalizedSchema.of(outputOf(schema)).isStructSchema();
    const wrapper = struct(`${name}Response`, {
      ...(hasResult ? { [`${name}Result`]: outputOf(schema) } : {}),
      ResponseMetadata: struct('ResponseMetadata', { RequestId: text }),
    });
    const value = { [`${name}Result`]: output, ResponseMetadata: { RequestId: requestId } };
    const body = xmlCodec(service.xmlNamespace).write(wrapper, value);
    return { status: 200, headers: { 'content-type': 'text/xml', 'x-amzn-requestid': requestId }, body };
  },
  writeError: (error, requestId) => xmlError({ ...error, name: error.queryCode }, requestId),
};

const formOf = ({ body, query: inUrl }: WireRequest): URLSearchParams =>
  body.length === 0 ? inUrl : new URLSearchParams(body.toString('utf8'));

interface Tree {
  [name: string]: Tree | Tree[] | string;
}

/**
 * `Dimensions.member.1.Name=x` → `{ Dimensions: { member: [{ Name: 'x' }] } }`: the shape that parsed XML has, so that one
 * reader serves both.
 */
function treeOf(form: readonly (readonly [string, string])[]): Tree {
  const root: Tree = {};
  for (const [name, value] of form) {
    const path = name.split('.');
    const last = path.pop() ?? name;
    path.reduce(childOf, root)[last] = value;
  }
  return withLists(root) as Tree;
}

function childOf(node: Tree, key: string): Tree {
  const existing = Object.hasOwn(node, key) ? node[key] : undefined;
  if (typeof existing === 'object' && !Array.isArray(existing)) return existing;
  const child: Tree = {};
  node[key] = child;
  return child;
}

function withLists(node: Tree | Tree[] | string): Tree | Tree[] | string {
  if (typeof node === 'string' || Array.isArray(node)) return node;
  const entries = Object.entries(node).map(([key, value]) => [key, withLists(value)] as const);
  const isList = entries.length > 0 && entries.every(([key]) => /^\d+$/.test(key));
  if (!isList) return Object.fromEntries(entries);
  return entries.toSorted(([a], [b]) => Number(a) - Number(b)).map(([, value]) => value as Tree);
}
