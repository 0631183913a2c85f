import { flipDns } from '../shared/steps/flip-dns.ts';
import { onStep } from './_lambda.ts';

export const handler = onStep(flipDns);
