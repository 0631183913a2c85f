import type { Check } from '../check.ts';
import { bundles } from './bundles.ts';
import { commandLine } from './command-line.ts';
import { machines } from './machines.ts';
import { held, refusal, reprotected, retry, success } from './runs.ts';
import { startedByHand } from './started-by-hand.ts';
import { template, templateWithOptions } from './template.ts';

/** In the order in which they run: the quick ones first. */
export const checks: readonly Check[] = [
  machines,
  template,
  templateWithOptions,
  bundles,
  commandLine,
  startedByHand,
  success,
  retry,
  refusal,
  held,
  reprotected,
];
