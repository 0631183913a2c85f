import { NormalizedSchema } from '@smithy/core/schema';
import { notSimulated } from '../errors.ts';
import { readTree, xmlCodec } from './codec.ts';
import { formOf, type Tree, treeOf } from './form-tree.ts';
import { type AskedOperation, inputOf, nameOf, outputOf, struct, text, type WireProtocol } from './protocol.ts';

const xmlHeaders = (requestId: string) => ({ 'content-type': 'text/xml', 'x-amzn-requestid': requestId });

/** EC2's own query: names in capitals, every list flat (`GroupId.1=…`), and an answer without a result around it. */
export const ec2Query: WireProtocol = {
  unknownOperation: 'InvalidAction',
  operationOf: (request) => formOf(request).get('Action') ?? '',
  async readInput(request, operation) {
    const input = NormalizedSchema.of(inputOf(operation.schema));
    const tree = treeOf(request);
    refuseUnknownNames(operation, tree);
    return readTree(inputOf(operation.schema), asXml(input, tree) as object);
  },
  writeOutput(output, { schema, service }, requestId) {
    const members = [...NormalizedSchema.of(outputOf(schema)).structIterator()];
    const wrapper = struct(`${nameOf(schema)}Response`, { requestId: text, ...Object.fromEntries(members) });
    const body = xmlCodec(service.xmlNamespace).write(wrapper, { ...output, requestId });
    return { status: 200, headers: xmlHeaders(requestId), body };
  },
  writeError({ message, queryCode, status }, requestId) {
    const errors = struct('Errors', { Error: struct('Error', { Code: text, Message: text }) });
    const value = { Errors: { Error: { Code: queryCode, Message: message } }, RequestID: requestId };
    const body = xmlCodec('').write(struct('Response', { Errors: errors, RequestID: text }), value);
    return { status, headers: xmlHeaders(requestId), body };
  },
};

/** What EC2 calls a member in a form, e.g. `DryRun` for the member that its XML calls `dryRun`. */
function formName(name: string, member: NormalizedSchema): string {
  const { ec2QueryName, xmlName = name } = member.getMergedTraits();
  return typeof ec2QueryName === 'string' ? ec2QueryName : xmlName.charAt(0).toUpperCase() + xmlName.slice(1);
}

/** The same as parsed XML would be: by its names, and with an element around the items of a list. */
function asXml(shape: NormalizedSchema, value: Tree | Tree[] | string): unknown {
  if (typeof value === 'string') return value;
  if (Array.isArray(value)) {
    const item = shape.getValueSchema();
    return { [item.getMergedTraits().xmlName ?? 'member']: value.map((one) => asXml(item, one)) };
  }
  const entries = [...shape.structIterator()].flatMap(([name, member]) => {
    const inner = value[formName(name, member)];
    return inner === undefined ? [] : [[member.getMergedTraits().xmlName ?? name, asXml(member, inner)]];
  });
  return Object.fromEntries(entries);
}

function refuseUnknownNames({ schema, service }: AskedOperation, tree: Tree): void {
  const members = [...NormalizedSchema.of(inputOf(schema)).structIterator()];
  const known = members.map(([name, member]) => formName(name, member));
  const unknown = Object.keys(tree).find((name) => !known.includes(name));
  if (unknown !== undefined) throw notSimulated(service.name, `${nameOf(schema)} with ${unknown}`);
}
