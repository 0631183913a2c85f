import { firstBreak } from '../../shared/coordination/hash-chain.ts';
import type { Evidence } from './evidence.ts';
import { type Finding, failed, passed, unknown } from './finding.ts';

export function epochOnlyRises({ entries, runs }: Evidence): Finding {
  const epochs = runs.map(({ epoch }) => epoch);
  const falling = epochs.find((epoch, index) => index > 0 && epoch <= (epochs[index - 1] ?? 0));
  if (falling !== undefined) return failed(`epoch ${falling} does not follow from ${epochs.join(', ')}`);
  const run = runs.at(-1);
  const foreign = entries.find(({ epoch }) => epoch !== run?.epoch);
  if (foreign !== undefined) return failed(`entry ${foreign.sequence} was written under epoch ${foreign.epoch}`);
  return passed(`epochs ${epochs.join(', ') || 'none'}`);
}

/** FAILED is an end of its own: that of a run which was refused and has restored what it did. */
const cutOff = new Set(['ABORTED', 'TIMED_OUT']);

export function runEnded({ entries, executionStatus, runs }: Evidence): Finding {
  if (runs.length === 0) return failed('no run was opened');
  if (executionStatus === undefined || executionStatus === 'RUNNING') return failed('the execution is still running');
  if (cutOff.has(executionStatus)) return failed(`the execution did not end by itself: ${executionStatus}`);
  const closed = entries.find(({ event }) => event === 'run-closed');
  return closed === undefined ? failed(`the execution ${executionStatus}, but the run is open`) : passed(closed.why);
}

export function oneRun({ runs }: Evidence): Finding {
  const ids = runs.map(({ id }) => id);
  if (ids.length > 1) return failed(`${ids.length} runs were opened: ${ids.join(', ')}`);
  return ids.length === 1 ? passed(`only ${ids[0]}`) : passed('no run was opened');
}

export function chainHolds({ entries }: Evidence): Finding {
  if (entries.length === 0) return unknown('there is no journal');
  const broken = firstBreak(entries);
  return broken === undefined ? passed(`${entries.length} entries, chained without a gap`) : failed(broken.why);
}
