import { NormalizedSchema } from '@smithy/core/schema';
import { readTree, xmlCodec } from './codec.ts';
import { formOf, treeOf } from './form-tree.ts';
import { refuseUnknownMembers } from './members.ts';
import { inputOf, nameOf, outputOf, struct, text, type WireProtocol } from './protocol.ts';
import { xmlError } from './xml-error.ts';

/** AWS query: a form `Action=DescribeDBInstances&Version=…`, answered in XML. */
export const query: WireProtocol = {
  unknownOperation: 'InvalidAction',
  operationOf: (request) => formOf(request).get('Action') ?? '',
  async readInput(request, operation) {
    const tree = treeOf(request);
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
