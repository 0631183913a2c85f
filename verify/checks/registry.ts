import type { Check } from '../check.ts';
import { bundles } from './bundles.ts';
import { commandLine } from './command-line.ts';
import { machines } from './machines.ts';
import { held, refusal, retry, success } from './runs.ts';
import { template } from './template.ts';

/** In the order in which they run: the quick ones first. */
export const checks: readonly Check[] = [machines, template, bundles, commandLine, success, retry, refusal, held];
