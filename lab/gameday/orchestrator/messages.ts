import type { Outside } from '../../../shared/aws/outside.ts';
import type { Plan } from '../../../shared/domain/plan.ts';
import type { Log } from '../../../shared/domain/ports.ts';
import type { CallRequest } from '../../cloud/calls.ts';
import type { EngineEvent, EngineResult, EngineRunOptions } from '../../cloud/engine.ts';
import type { FlatError } from './flat-error.ts';

/** What an orchestrator may ask of the world outside its process. `caller`: the function in whose invocation it asks. */
export type Question =
  | { readonly what: 'call'; readonly input: CallRequest; readonly caller: string }
  | { readonly what: 'http'; readonly input: Parameters<Outside['http']>[0] }
  | { readonly what: 'dns'; readonly input: Parameters<Outside['dns']>[0] };

export type Answer = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly error: FlatError };

export interface Start {
  readonly definition: object;
  readonly input: unknown;
  readonly context: EngineRunOptions['context'];
}

/** Lab to orchestrator. An execution is named by its ARN. */
export type Order =
  | { readonly type: 'equip'; readonly plan: Plan; readonly region: string; readonly account: string }
  | { readonly type: 'start'; readonly start: Start }
  | { readonly type: 'stop'; readonly executionArn: string }
  | { readonly type: 'answer'; readonly id: number; readonly answer: Answer };

/** Orchestrator to lab. */
export type Report =
  | { readonly type: 'ready' }
  | { readonly type: 'question'; readonly id: number; readonly question: Question }
  | { readonly type: 'events'; readonly executionArn: string; readonly events: readonly EngineEvent[] }
  | { readonly type: 'result'; readonly executionArn: string; readonly result: EngineResult }
  | { readonly type: 'log'; readonly level: Parameters<Log>[0]; readonly why: string };
