import { cborCodec } from './codec.ts';
import { declaredMembers, inputOf, outputOf, struct, text, type WireProtocol } from './protocol.ts';
import { queryErrorHeader } from './query-compatible.ts';

const codec = cborCodec();

/** Smithy RPC v2 CBOR: `POST /service/GraniteServiceVersion20100801/operation/DescribeAlarms`, CBOR each way. */
export const cbor: WireProtocol = {
  unknownOperation: 'UnknownOperationException',
  operationOf: ({ path }) => /\/operation\/(\w+)$/.exec(path)?.[1] ?? '',
  readInput: ({ body }, { schema }) => codec.read(inputOf(schema), body),
  writeOutput: (output, { schema }, requestId) => ({
    status: 200,
    headers: headersOf(requestId),
    body: codec.write(outputOf(schema), output),
  }),
  writeError: (error, requestId, request) => {
    const schema = struct(error.name, { __type: text, message: text, ...declaredMembers(error) });
    const value = { ...error.members, __type: error.name, message: error.message };
    const headers = { ...headersOf(requestId), ...queryErrorHeader(error, request) };
    return { status: error.status, headers, body: codec.write(schema, value) };
  },
};

const headersOf = (requestId: string) => ({
  'content-type': 'application/cbor',
  'smithy-protocol': 'rpc-v2-cbor',
  'x-amzn-requestid': requestId,
});
