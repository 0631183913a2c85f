import { cbor } from './cbor.ts';
import { ec2Query } from './ec2-query.ts';
import { json } from './json.ts';
import type { WireProtocol } from './protocol.ts';
import { query } from './query.ts';
import type { WireRequest } from './request.ts';
import { restJson, restXml, s3Xml } from './rest.ts';
import type { WireService } from './services.ts';

/**
 * A request says by itself which protocol it speaks; only the REST ones are told by their service. Clients differ: to
 * CloudWatch the JavaScript SDK speaks JSON, the Python one CBOR, and older ones query.
 */
export function protocolOf({ headers }: WireRequest, service: WireService | undefined): WireProtocol {
  if (headers['smithy-protocol'] === 'rpc-v2-cbor') return cbor;
  if (headers['x-amz-target'] !== undefined) return json;
  if (service?.name === 'S3') return s3Xml;
  if (service?.protocol === 'aws.protocols#restXml') return restXml;
  if (service?.protocol === 'aws.protocols#restJson1') return restJson;
  if (service?.protocol === 'aws.protocols#ec2Query') return ec2Query;
  return query;
}
