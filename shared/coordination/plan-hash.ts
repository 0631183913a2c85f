import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import type { Plan } from '../domain/plan.ts';

/** SHA-256 over the canonical JSON (RFC 8785) of a validated plan; hex. */
export const planHashOf = (plan: Plan): string =>
  createHash('sha256')
    .update(canonicalize(plan) ?? '')
    .digest('hex');
