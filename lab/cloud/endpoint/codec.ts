import { JsonCodec2, XmlCodec } from '@aws-sdk/core/protocols';
import { CborCodec } from '@smithy/core/cbor';
import type { $SchemaRef } from '@smithy/types';
import { jsonTimestamps, xmlTimestamps } from './formats.ts';

/** One of the SDK's own codecs, used from the other side. A schema says what is read and written; the rest is left out. */
export interface WireCodec {
  read(schema: $SchemaRef, body: Uint8Array): Promise<object>;
  write(schema: $SchemaRef, value: object): Uint8Array | string;
}

export const jsonCodec = (options: { readonly jsonName: boolean }): WireCodec =>
  wireCodec(new JsonCodec2({ timestampFormat: jsonTimestamps, ...options }));

export const cborCodec = (): WireCodec => wireCodec(new CborCodec());

export const xmlCodec = (xmlNamespace: string): WireCodec => wireCodec(sdkXmlCodec(xmlNamespace));

/** Reads what has been parsed already, in the shape of parsed XML. */
export const readTree = (schema: $SchemaRef, tree: object): object =>
  sdkXmlCodec('').createDeserializer().readSchema(schemaOf(schema), tree) ?? {};

const sdkXmlCodec = (xmlNamespace: string): XmlCodec =>
  new XmlCodec({ timestampFormat: xmlTimestamps, httpBindings: true, xmlNamespace, serviceNamespace: '' });

interface SdkCodec {
  createSerializer(): { write(schema: Schema, value: unknown): void; flush(): Uint8Array | string };
  createDeserializer(): { read(schema: Schema, body: Uint8Array & string): unknown };
}

/** The codecs take a schema or what leads to one, whatever their types say. */
type Schema = Exclude<$SchemaRef, () => unknown>;
const schemaOf = (schema: $SchemaRef): Schema => (typeof schema === 'function' ? schema() : schema);

function wireCodec(codec: SdkCodec): WireCodec {
  return {
    read: async (schema, body) => {
      if (body.length === 0) return {};
      return (await codec.createDeserializer().read(schemaOf(schema), body as Uint8Array & string)) as object;
    },
    write(schema, value) {
      const serializer = codec.createSerializer();
      serializer.write(schemaOf(schema), value);
      return serializer.flush();
    },
  };
}
