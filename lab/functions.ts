import type { Deployable } from '../functions/_lambda.ts';
import { handler as approve } from '../functions/approve.ts';
import { handler as compare } from '../functions/compare.ts';
import { handler as confirm } from '../functions/confirm.ts';
import { handler as detect } from '../functions/detect.ts';
import { handler as evaluate } from '../functions/evaluate.ts';
import { handler as finalSync } from '../functions/final-sync.ts';
import { handler as flipDns } from '../functions/flip-dns.ts';
import { handler as freeze } from '../functions/freeze.ts';
import { handler as guard } from '../functions/guard.ts';
import { handler as hold } from '../functions/hold.ts';
import { handler as isolate } from '../functions/isolate.ts';
import { handler as notify } from '../functions/notify.ts';
import { handler as probe } from '../functions/probe.ts';
import { handler as promote } from '../functions/promote.ts';
import { handler as protect } from '../functions/protect.ts';
import { handler as reconcile } from '../functions/reconcile.ts';
import { handler as rest } from '../functions/rest.ts';
import { handler as restore } from '../functions/restore.ts';
import { handler as reverse } from '../functions/reverse.ts';
import { handler as scale } from '../functions/scale.ts';
import { handler as survey } from '../functions/survey.ts';
import { handler as takeOver } from '../functions/take-over.ts';
import { handler as trigger } from '../functions/trigger.ts';
import { handler as verify } from '../functions/verify.ts';

// What a function loads when it needs it is loaded here before: its starts are measured elsewhere (npm run bench:cold), and
// modelled time would run on while a file is read.
import '../shared/channels/sns.ts';
import '../shared/signals/evidence.ts';
import '../shared/signals/pulse.ts';
import '../shared/signals/probe.ts';
import '../shared/start/start-execution.ts';

/** The deployed handlers by function name: the lab runs these and no others (docs/adr/0001). */
export const handlers: Readonly<Record<string, Deployable<unknown>>> = {
  approve,
  confirm,
  detect,
  evaluate,
  'flip-dns': flipDns,
  guard,
  hold,
  isolate,
  notify,
  probe,
  promote,
  rest,
  reverse,
  reconcile,
  freeze,
  'final-sync': finalSync,
  compare,
  protect,
  restore,
  scale,
  survey,
  'take-over': takeOver,
  trigger,
  verify,
};
