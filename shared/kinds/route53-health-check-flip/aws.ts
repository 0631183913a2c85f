import { createHash } from 'node:crypto';
import { GetObjectCommand, type GetObjectCommandOutput, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { converted, effectOfRefused } from '../../aws/errors.ts';
import { askNameServers } from '../../aws/name-servers.ts';
import type { Outside } from '../../aws/outside.ts';
import { hasCode, isFailure, TerminalError, TransientError } from '../../domain/errors.ts';
import type { Run, Side } from '../../domain/run.ts';
import type { Target } from '../contract.ts';
import type { Action, Facts, ObjectFacts } from './check.ts';
import { parseClaim, type Spec } from './spec.ts';

/** More than any claim, and as much as a health check searches. */
const TEXT_BYTES_MAX = 5_120;

export async function observe(spec: Spec, { phase, run }: Target, outside: Outside): Promise<Facts> {
  if (phase === 'confirm') {
    const [to, from] = await Promise.all([look(spec, run.to, outside), lookIfItAnswers(spec, run.from, outside)]);
    return { to, from, servers: [] };
  }
  const { markName, nameServers, records } = spec;
  const [to, servers] = await Promise.all([
    look(spec, run.to, outside),
    askNameServers({ servers: nameServers, markName, records }, outside),
  ]);
  const facts = { to, servers };
  return isHeldUp(run, facts) ? { ...facts, from: await lookIfItAnswers(spec, run.from, outside) } : facts;
}

/**
 * The claim stands, and servers lead to the primary all the same: perhaps a claim was left standing there, which outweighs it.
 * Its silence settles nothing and stops nothing; a look takes a little longer then.
 */
function isHeldUp(run: Run, { servers, to }: Facts): boolean {
  if (run.from.place !== 'primary') return false;
  const claim = to.state === 'present' ? parseClaim(to.text) : undefined;
  const stands = claim?.active === true && claim.epoch === run.epoch;
  return stands && servers.some(({ mark }) => mark.answered && mark.values.includes('primary'));
}

/** A Region in trouble may be silent, or say no; both mean that nothing is known. */
async function lookIfItAnswers(spec: Spec, side: Side, outside: Outside): Promise<ObjectFacts> {
  try {
    return await look(spec, side, outside);
  } catch (error) {
    if (!isFailure(error)) throw error;
    return { state: 'unanswered', why: error.message };
  }
}

/** Reads are strongly consistent. Absent is told from forbidden only to those who may list the bucket. */
async function look(spec: Spec, { place, region }: Side, outside: Outside): Promise<ObjectFacts> {
  const { bucket: Bucket, key: Key } = spec[place];
  const client = outside.client(S3Client, region);
  try {
    return await converted(`reading s3://${Bucket}/${Key} in ${region}`, async () =>
      factsOf(await client.send(new GetObjectCommand({ Bucket, Key }))),
    );
  } catch (error) {
    if (hasCode(error, 'NoSuchKey')) return { state: 'absent' };
    if (hasCode(error, 'NoSuchBucket')) return { state: 'no-bucket' };
    throw error;
  }
}

async function factsOf({ Body, ContentLength = 0, LastModified }: GetObjectCommandOutput): Promise<ObjectFacts> {
  const changedAt = LastModified?.getTime() ?? 0;
  const text = ContentLength > TEXT_BYTES_MAX ? `${ContentLength} bytes` : await Body?.transformToString();
  return { state: 'present', text: text ?? '', changedAt };
}

/** @throws TransientError when the object is no longer what it was, so that the next look decides; see `notSwapped` */
export async function act(action: Action, spec: Spec, { run }: Target, outside: Outside): Promise<void> {
  const { place, replaces, text } = action;
  const { bucket, key } = spec[place];
  const { region } = sideAt(place, run);
  const command = new PutObjectCommand({
    Bucket: bucket,
    Key: key,
    Body: text,
    ContentType: 'application/json',
    ...(replaces === null ? { IfNoneMatch: '*' } : { IfMatch: etagOf(replaces) }),
  });
  try {
    await converted(`writing s3://${bucket}/${key} in ${region} under epoch ${run.epoch}`, () =>
      outside.client(S3Client, region).send(command),
    );
  } catch (error) {
    throw isFailure(error) && hasCode(error, ...mismatches) ? notSwapped(error, action) : error;
  }
}

/** 412; 409 for a write at the same moment; 404 for an object that is gone. */
const mismatches = ['PreconditionFailed', 'ConditionalRequestConflict', 'NoSuchKey'] as const;

const sideAt = (place: Action['place'], { from, to }: Run): Side => (from.place === place ? from : to);

/**
 * By the text that is replaced, S3 knows it again: an object of one PutObject that is not encrypted by KMS has the MD5 of
 * its data as its ETag, and one encrypted by KMS could not be read by a health checker, which signs nothing.
 */
const etagOf = (text: string): string => `"${createHash('md5').update(text).digest('hex')}"`;

/**
 * The compare-and-swap did not match. For a way back no later look can help. When the SDK tried more than once, an earlier attempt may be the reason for the mismatch.
 */
function notSwapped(error: TransientError | TerminalError, { type }: Action): TransientError | TerminalError {
  const { cause, code } = error;
  if (type !== 'put-back') {
    return new TransientError(error.message, { code, cause, effect: effectOfRefused(cause) });
  }
  const reasons = 'it was not written, is already back, or a newer run or a person has changed it since';
  return new TerminalError(`the object was not put back: ${reasons} (${error.message})`, { code, cause });
}
