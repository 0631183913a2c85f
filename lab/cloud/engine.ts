/** What interprets a state machine. The cloud knows only this shape; lab/asl/engine.ts fills it. */
export type Engine = (definition: object, input: unknown, run: EngineRunOptions) => EngineRun;

export interface EngineRunOptions {
  readonly context: { readonly executionName: string; readonly executionArn: string; readonly startedAt: string };
  /** Performs one Task state. The `name` of what it throws is what Retry and Catch match. */
  readonly invokeTask: (task: TaskCall) => Promise<unknown>;
}

export interface TaskCall {
  readonly stateName: string;
  readonly resource: string;
  readonly parameters: unknown;
  /** Aborted when nobody waits for the task any more. */
  readonly givenUp?: AbortSignal;
}

export interface EngineRun {
  /** Never rejects. */
  readonly result: Promise<EngineResult>;
  /** Ends the run as ABORTED; no further task is invoked. */
  stop(): void;
  /** What happened so far, oldest first. */
  events(): readonly EngineEvent[];
}

export type EngineResult =
  | { readonly status: 'SUCCEEDED'; readonly output: unknown }
  | { readonly status: 'FAILED'; readonly error: string; readonly cause: string }
  | { readonly status: 'TIMED_OUT' | 'ABORTED' };

export interface EngineEvent {
  readonly type: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly stateName?: string;
  readonly stateType?: string;
  readonly input?: unknown;
  readonly output?: unknown;
  readonly error?: string;
  readonly cause?: unknown;
}
