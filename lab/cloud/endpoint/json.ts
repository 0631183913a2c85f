import { jsonCodec } from './codec.ts';
import { refuseUnknownMembers } from './members.ts';
import { declaredMembers, inputOf, outputOf, struct, text, type WireProtocol, type WrittenError } from './protocol.ts';
import { queryErrorHeader } from './query-compatible.ts';

const codec = jsonCodec({ jsonName: false });

/** AWS JSON 1.0 and 1.1: `X-Amz-Target: DynamoDB_20120810.GetItem`, a JSON object each way. */
export const json: WireProtocol = {
  unknownOperation: 'UnknownOperationException',
  operationOf: ({ headers }) => headers['x-amz-target']?.split('.').at(-1) ?? '',
  async readInput({ body }, operation) {
    refuseUnknownMembers(operation, JSON.parse(body.toString('utf8') || '{}'));
    return codec.read(inputOf(operation.schema), body);
  },
  writeOutput: (output, { schema }, requestId) => ({
    status: 200,
    headers: headersOf(requestId),
    body: codec.write(outputOf(schema), output),
  }),
  writeError: (error, requestId, request) => ({
    status: error.status,
    headers: { ...headersOf(requestId), ...queryErrorHeader(error, request) },
    body: errorBody(error),
  }),
};

const headersOf = (requestId: string) => ({
  'content-type': 'application/x-amz-json-1.1',
  'x-amzn-requestid': requestId,
});

/** `__type` is how AWS JSON tells the exception. */
export function errorBody(error: WrittenError): Uint8Array | string {
  const schema = struct(error.name, { __type: text, message: text, ...declaredMembers(error) });
  return codec.write(schema, { ...error.members, __type: error.name, message: error.message });
}
