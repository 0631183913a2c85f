import { createHash } from 'node:crypto';
import {
  type GetObjectCommandInput,
  NoSuchBucket,
  NoSuchKey,
  type PutObjectCommandInput,
  S3ServiceException,
} from '@aws-sdk/client-s3';
import { fault } from './errors.ts';
import type { Host, Service } from './host.ts';

export interface BucketSeed {
  readonly name: string;
  /** Whether a policy lets everybody read its objects, health checkers for instance. */
  readonly publicRead?: boolean;
}

interface Bucket {
  readonly publicRead: boolean;
  readonly objects: Map<string, StoredObject>;
}

interface StoredObject {
  readonly text: string;
  readonly changedAt: Date;
}

/** What an unsigned GET is told. */
export interface WebAnswer {
  readonly status: number;
  readonly body: string;
}

/** Amazon S3 in one Region: strongly consistent, with conditional writes. Objects are texts; there are no versions. */
export class S3 implements Service {
  readonly operations = {
    GetObject: (input: GetObjectCommandInput) => this.#get(input),
    PutObject: (input: PutObjectCommandInput) => this.#put(input),
  };
  readonly #host: Host;
  readonly #buckets = new Map<string, Bucket>();

  constructor(host: Host) {
    this.#host = host;
  }

  seedBucket({ name, publicRead = false }: BucketSeed): void {
    this.#buckets.set(name, { publicRead, objects: new Map() });
  }

  /** What an object says, without a call; undefined when there is none. */
  text(bucket: string, key: string): string | undefined {
    return this.#buckets.get(bucket)?.objects.get(key)?.text;
  }

  /** "Absent" is not told to strangers: they may not list the bucket, so it is 403 (API_GetObject). */
  answerPublic(bucketName: string, key: string): WebAnswer {
    const bucket = this.#buckets.get(bucketName);
    if (bucket === undefined) return { status: 404, body: 'NoSuchBucket' };
    const object = bucket.publicRead ? bucket.objects.get(key) : undefined;
    return object === undefined ? { status: 403, body: 'AccessDenied' } : { status: 200, body: object.text };
  }

  #get({ Bucket, Key }: GetObjectCommandInput): object {
    const object = this.#bucket(Bucket).objects.get(Key ?? '');
    if (object === undefined) throw fault(NoSuchKey, 'The specified key does not exist.', 404);
    const { changedAt, text } = object;
    const ContentLength = Buffer.byteLength(text);
    return { Body: text, ContentLength, ETag: etagOf(text), LastModified: wholeSeconds(changedAt) };
  }

  #put({ Body, Bucket, IfMatch, IfNoneMatch, Key = '' }: PutObjectCommandInput): object {
    const { objects } = this.#bucket(Bucket);
    const current = objects.get(Key);
    if (IfNoneMatch === '*' && current !== undefined) throw preconditionFailed('If-None-Match');
    // "If there's no existing object with that key name, the operation fails with 404" – conditional-writes.html
    if (IfMatch !== undefined && current === undefined) {
      throw fault(NoSuchKey, 'The specified key does not exist.', 404);
    }
    if (IfMatch !== undefined && current !== undefined && IfMatch !== etagOf(current.text)) {
      throw preconditionFailed('If-Match');
    }
    const text = String(Body);
    objects.set(Key, { text, changedAt: new Date(this.#host.clock.nowMs()) });
    return { ETag: etagOf(text) };
  }

  #bucket(name: string | undefined): Bucket {
    const bucket = this.#buckets.get(name ?? '');
    if (bucket === undefined) throw fault(NoSuchBucket, 'The specified bucket does not exist', 404);
    return bucket;
  }
}

/** Of an object that one PutObject made and KMS has not encrypted (API_Object). */
const etagOf = (text: string): string => `"${createHash('md5').update(text).digest('hex')}"`;

/** The header Last-Modified has no fractions. */
const wholeSeconds = (date: Date): Date => new Date(Math.floor(date.getTime() / 1000) * 1000);

/** Not modelled by the SDK, so it arrives as the service's base class with this name. */
const preconditionFailed = (condition: string): S3ServiceException =>
  new S3ServiceException({
    name: 'PreconditionFailed',
    $fault: 'client',
    $metadata: { httpStatusCode: 412 },
    message: `At least one of the pre-conditions you specified did not hold: ${condition}`,
  });

/** Bucket and Region of a virtual-hosted address such as `claims.s3.eu-west-1.amazonaws.com`. */
export function bucketAt(hostname: string): { readonly bucket: string; readonly region: string } | undefined {
  const [, bucket, region] = /^([a-z0-9-]+)\.s3\.([a-z0-9-]+)\.amazonaws\.com$/.exec(hostname) ?? [];
  return bucket === undefined || region === undefined ? undefined : { bucket, region };
}
