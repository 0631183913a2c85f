import type { HistoryEvent, HistoryEventType } from '@aws-sdk/client-sfn';
import type { EngineEvent } from './engine.ts';

interface Page {
  readonly reverseOrder?: boolean | undefined;
  readonly maxResults?: number | undefined;
  readonly nextToken?: string | undefined;
}

/** The engine's events as GetExecutionHistory shows them; events that AWS has no name for here are left out. */
export function historyEvents(
  events: readonly EngineEvent[],
  page: Page,
): { events: HistoryEvent[]; nextToken?: string } {
  const known = events.flatMap((event) => toHistoryEvent(event) ?? []);
  const all = known.map((event, index) => ({ ...event, id: index + 1, previousEventId: index }));
  if (page.reverseOrder === true) all.reverse();
  const from = Number(page.nextToken ?? 0);
  const to = from + (page.maxResults || 100);
  return { events: all.slice(from, to), ...(to < all.length ? { nextToken: String(to) } : {}) };
}

function toHistoryEvent(event: EngineEvent): Omit<HistoryEvent, 'id'> | undefined {
  const type = typeOf(event);
  return type === undefined ? undefined : { timestamp: new Date(event.at), type, ...detailsOf(event) };
}

function typeOf({ type, stateType }: EngineEvent): HistoryEventType | undefined {
  if (type === 'ExecutionTimeout') return 'ExecutionTimedOut';
  if (type.startsWith('Execution')) return type as HistoryEventType;
  if (type === 'StateEntered' || type === 'StateExited') return `${stateType}${type}` as HistoryEventType;
  return type === 'StateFailed' && stateType === 'Task' ? 'TaskFailed' : undefined;
}

function detailsOf(event: EngineEvent): Partial<HistoryEvent> {
  const { stateName: name, input, output, error, cause } = event;
  const failure = { ...(error === undefined ? {} : { error }), cause: textOf(cause) };
  const details: Readonly<Record<string, Partial<HistoryEvent>>> = {
    ExecutionStarted: { executionStartedEventDetails: { input: textOf(input) } },
    ExecutionSucceeded: { executionSucceededEventDetails: { output: textOf(output) } },
    ExecutionFailed: { executionFailedEventDetails: failure },
    StateEntered: { stateEnteredEventDetails: { name, input: textOf(input) } },
    StateExited: { stateExitedEventDetails: { name, output: textOf(output) } },
    StateFailed: { taskFailedEventDetails: { resourceType: 'lambda', resource: name, ...failure } },
  };
  return details[event.type] ?? {};
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value ?? null));
