import * as z from 'zod';
import { act, settled } from '../../shared/domain/decision.ts';
import { TerminalError, TransientError } from '../../shared/domain/errors.ts';
import type { Instant } from '../../shared/domain/run.ts';
import type { AnyKind } from '../../shared/kinds/contract.ts';
import { defineKind } from '../../shared/kinds/define-kind.ts';
import type { VirtualClock } from './virtual-clock.ts';

/** What becomes of one call to light a lamp. */
export const fates = ['ok', 'lost-answer', 'lost-request', 'rejected', 'crash-before', 'crash-after'] as const;
export type Fate = (typeof fates)[number] | 'terminal';

/** The process is gone: nothing after it runs, not even a line in the journal. */
export class Crash extends Error {
  override readonly name = 'Crash';
}

const Spec = z.object({ lamp: z.string() });
type Spec = z.infer<typeof Spec>;
interface Facts {
  readonly lit: boolean;
}

export interface Lamps {
  readonly kind: AnyKind;
  /** What becomes of the next calls, one each; then all go well. */
  fates: Fate[];
  /** How long an effect stays invisible; ms. */
  invisibleMs: number;
  /** Runs as the first thing of each act. */
  beforeAct: (lamp: string) => Promise<void>;
  /** Runs when a call makes the process crash. */
  onCrash: () => void;
  /** Every call that was made, in order. */
  readonly calls: string[];
  /** How often each lamp was lit. More than once is damage: lighting cannot be repeated without harm. */
  readonly effects: Map<string, number>;
}

/** A kind whose world is a plain variable: lamps that are to burn. */
export function lamps(clock: VirtualClock): Lamps {
  const visibleAt = new Map<string, Instant>();
  const light = (lamp: string): void => {
    self.effects.set(lamp, (self.effects.get(lamp) ?? 0) + 1);
    visibleAt.set(lamp, visibleAt.get(lamp) ?? clock.now() + self.invisibleMs);
  };
  const kind = defineKind<Spec, Facts, { readonly type: 'light' | 'put-out' }>({
    id: 'lamp',
    phases: ['scale'],
    spec: Spec,
    iam: [],
    arns: () => ({}),
    controlPlanes: [],
    observe: async ({ lamp }) => ({ lit: (visibleAt.get(lamp) ?? Number.POSITIVE_INFINITY) <= clock.now() }),
    check: (_goal, { lamp }, { lit }) => (lit ? settled(`${lamp} burns`) : act({ type: 'light' }, `light ${lamp}`)),
    act: async (_action, { lamp }) => {
      await self.beforeAct(lamp);
      self.calls.push(lamp);
      meet(self.fates.shift() ?? 'ok', () => light(lamp), self.onCrash);
    },
    undo: () => ({ type: 'put-out' }),
  });
  const self: Lamps = {
    kind,
    fates: [],
    invisibleMs: 0,
    beforeAct: async () => {},
    onCrash: () => {},
    calls: [],
    effects: new Map(),
  };
  return self;
}

function meet(fate: Fate, light: () => void, onCrash: () => void): void {
  if (fate === 'rejected') throw new TransientError('not now', { code: 'Throttling', effect: 'none' });
  if (fate === 'terminal') throw new TerminalError('not allowed', { code: 'AccessDenied' });
  if (fate === 'lost-request') throw new TransientError('no answer', { code: 'TimeoutError' });
  if (fate !== 'crash-before') light();
  if (fate === 'lost-answer') throw new TransientError('no answer', { code: 'TimeoutError' });
  if (fate === 'ok') return;
  onCrash();
  throw new Crash('the process is gone');
}
