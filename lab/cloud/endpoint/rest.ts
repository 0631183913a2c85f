import type { $SchemaRef } from '@smithy/types';
import { notSimulated } from '../errors.ts';
import { jsonCodec, type WireCodec, xmlCodec } from './codec.ts';
import { boundInput, boundOutput, payloadOf, unboundQuery } from './http-bindings.ts';
import { errorBody } from './json.ts';
import { inputOf, nameOf, outputOf, type WireProtocol, type WrittenError } from './protocol.ts';
import { httpOf, routeOf } from './route.ts';
import type { WireService } from './services.ts';
import { bareXmlError, xmlError } from './xml-error.ts';

interface Dialect {
  readonly contentType: string;
  readonly unknownOperation: string;
  readonly codec: (service: WireService) => WireCodec;
  readonly writeError: WireProtocol['writeError'];
}

const jsonWithNames = jsonCodec({ jsonName: true });

/** REST-XML, as Route 53 speaks it. */
export const restXml = rest({
  contentType: 'text/xml',
  unknownOperation: 'InvalidAction',
  codec: ({ xmlNamespace }) => xmlCodec(xmlNamespace),
  writeError: (error, requestId) => xmlError(error, requestId),
});

/** S3's REST-XML: its errors stand bare. */
export const s3Xml = rest({
  contentType: 'application/xml',
  unknownOperation: 'NotImplemented',
  codec: ({ xmlNamespace }) => xmlCodec(xmlNamespace),
  writeError: (error, requestId) => bareXmlError(error, requestId),
});

/** REST-JSON, as Lambda and EventBridge Scheduler speak it. */
export const restJson = rest({
  contentType: 'application/json',
  unknownOperation: 'UnknownOperationException',
  codec: () => jsonWithNames,
  writeError: (error: WrittenError, requestId) => ({
    status: error.status,
    headers: { 'content-type': 'application/json', 'x-amzn-requestid': requestId, 'x-amzn-errortype': error.name },
    body: errorBody(error),
  }),
});

/** Method and path name the operation; members travel in the path, the query, the headers and the body. */
function rest({ codec, contentType, unknownOperation, writeError }: Dialect): WireProtocol {
  return {
    unknownOperation,
    operationOf: (request, service) => routeOf(request, service)?.operation ?? `${request.method} ${request.path}`,
    async readInput(request, { schema, service }) {
      const [unknown] = unboundQuery(inputOf(schema), request);
      if (unknown !== undefined) throw notSimulated(service.name, `${nameOf(schema)} with ${unknown}`);
      const bound = boundInput(inputOf(schema), request, routeOf(request, service)?.labels ?? {});
      return { ...(await readBody(codec(service), inputOf(schema), request.body)), ...bound };
    },
    writeOutput(output, { schema, service }, requestId) {
      const { headers, rest: inBody } = boundOutput(outputOf(schema), output);
      return {
        status: httpOf(schema)[2] ?? 200,
        headers: { 'content-type': typeOf(outputOf(schema)) ?? contentType, 'x-amzn-requestid': requestId, ...headers },
        body: writeBody(codec(service), outputOf(schema), inBody),
      };
    },
    writeError,
  };
}

/** What S3 calls an object whose type nobody has told. */
const typeOf = (output: $SchemaRef): string | undefined =>
  payloadOf(output)?.[1].isBlobSchema() ? 'binary/octet-stream' : undefined;

async function readBody(codec: WireCodec, schema: $SchemaRef, body: Buffer): Promise<object> {
  const payload = payloadOf(schema);
  if (payload === undefined) return codec.read(schema, body);
  const [name, member] = payload;
  // Objects of the lab are texts.
  if (member.isBlobSchema() || member.isStringSchema()) return { [name]: body.toString('utf8') };
  return body.length === 0 ? {} : { [name]: await codec.read(member, body) };
}

function writeBody(
  codec: WireCodec,
  schema: $SchemaRef,
  value: Readonly<Record<string, unknown>>,
): Uint8Array | string {
  const payload = payloadOf(schema);
  if (payload === undefined) return codec.write(schema, value);
  const [name, member] = payload;
  const content = value[name];
  if (content === undefined) return '';
  return typeof content === 'string' || content instanceof Uint8Array
    ? content
    : codec.write(member, content as object);
}
