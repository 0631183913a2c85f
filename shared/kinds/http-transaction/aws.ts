import { createHash } from 'node:crypto';
import type { Outside } from '../../aws/outside.ts';
import { TerminalError, TransientError } from '../../domain/errors.ts';
import type { Target } from '../contract.ts';
import type { Action, Facts, ReadAnswer } from './check.ts';
import { filled, type Spec } from './spec.ts';

const EXCERPT_CHARACTERS = 200;

/** Reads the record of this run and phase, which may not be there yet. */
export async function observe(spec: Spec, target: Target, outside: Outside): Promise<Facts> {
  const transactionId = transactionIdOf(spec, target);
  const url = baseUrl(spec, target);
  const answer = await outside.http({
    method: 'GET',
    url: joined(url, filled(spec.read.path, transactionId)),
    timeoutMs: spec.timeoutSeconds * 1000,
  });
  const read = answer.answered ? toRead(answer, transactionId, spec.expectRegionField) : answer;
  return { transactionId, url, read };
}

/**
 * Writes the record. The id is the same at each repetition, and the next look reads first: that is why a 5xx counts as
 * "no effect", and why 409 (it is already there) is as good as done.
 */
export async function act({ transactionId }: Action, spec: Spec, target: Target, outside: Outside): Promise<void> {
  const { body, contentType, method, path } = spec.write;
  const url = baseUrl(spec, target);
  const answer = await outside.http({
    method,
    url: joined(url, filled(path, transactionId)),
    body: filled(body, transactionId),
    headers: { 'content-type': contentType, 'idempotency-key': transactionId },
    timeoutMs: spec.timeoutSeconds * 1000,
  });
  const doing = `writing transaction ${transactionId} through ${url}`;
  if (!answer.answered) throw new TransientError(`${answer.why} while ${doing}`, { code: 'HttpUnanswered' });
  const { status } = answer;
  if ((status >= 200 && status < 300) || status === 409) return;
  const code = `Http${status}`;
  const message = `${status} while ${doing}: ${answer.body.slice(0, EXCERPT_CHARACTERS)}`;
  if (status >= 500 || [408, 425, 429].includes(status)) throw new TransientError(message, { code, effect: 'none' });
  throw new TerminalError(message, { code });
}

/**
 * Version 8 of RFC 9562 (the bits are ours to choose): the first 16 bytes of a SHA-256, so that every look of one phase
 * of one run asks for the same record, and no other phase or run does.
 */
function transactionIdOf(spec: Spec, target: Target): string {
  const seed = ['understudy', target.run.id, target.phase, baseUrl(spec, target), spec.write.path].join('\n');
  const hex = createHash('sha256').update(seed).digest('hex');
  const variant = ((Number.parseInt(hex.slice(16, 17), 16) & 0x3) | 0x8).toString(16);
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `8${hex.slice(13, 16)}`,
    `${variant}${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join('-');
}

/** Before the flip the Region is asked by its own name; after it, by the name that users have. */
function baseUrl(spec: Spec, { phase, run }: Target): string {
  return phase === 'confirm' ? spec.publicUrl : spec[run.to.place].url;
}

const joined = (base: string, path: string): string => base.replace(/\/+$/, '') + path;

interface Answered {
  readonly status: number;
  readonly body: string;
}

function toRead({ body, status }: Answered, transactionId: string, field: string | undefined): ReadAnswer {
  const regionField = field === undefined ? undefined : textField(body, field);
  return {
    answered: true,
    status,
    echoesId: body.toLowerCase().includes(transactionId),
    ...(regionField === undefined ? {} : { regionField }),
    excerpt: body.slice(0, EXCERPT_CHARACTERS),
  };
}

/** A body that is no JSON object says nothing in any field. */
function textField(body: string, field: string): string | undefined {
  try {
    const parsed: unknown = JSON.parse(body);
    if (typeof parsed !== 'object' || parsed === null || !Object.hasOwn(parsed, field)) return undefined;
    const value: unknown = Reflect.get(parsed, field);
    return typeof value === 'string' ? value : undefined;
  } catch {
    return undefined;
  }
}
