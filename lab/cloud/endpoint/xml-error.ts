import { xmlCodec } from './codec.ts';
import { declaredMembers, struct, text, type WireResponse, type WrittenError } from './protocol.ts';

/** The `<ErrorResponse>` of the query and REST-XML protocols; its code is the error's name. */
export function xmlError(error: WrittenError, requestId: string): WireResponse {
  const { fault, members, message, name, status } = error;
  const schema = struct('ErrorResponse', {
    Error: struct('Error', { Type: text, Code: text, Message: text, ...declaredMembers(error) }),
    RequestId: text,
  });
  const Type = fault === 'client' ? 'Sender' : 'Receiver';
  const value = { Error: { ...members, Type, Code: name, Message: message }, RequestId: requestId };
  const headers = { 'content-type': 'text/xml', 'x-amzn-requestid': requestId };
  return { status, headers, body: xmlCodec('').write(schema, value) };
}

/** The `<Error>` of S3. – Amazon S3 API Reference, "REST error responses" */
export function bareXmlError(error: WrittenError, requestId: string): WireResponse {
  const schema = struct('Error', { Code: text, Message: text, RequestId: text, ...declaredMembers(error) });
  const value = { ...error.members, Code: error.name, Message: error.message, RequestId: requestId };
  const headers = { 'content-type': 'application/xml', 'x-amz-request-id': requestId };
  return { status: error.status, headers, body: xmlCodec('').write(schema, value) };
}
