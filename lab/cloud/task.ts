import type { CallRequest } from './calls.ts';
import type { TaskCall } from './engine.ts';
import { notSimulated } from './errors.ts';
import type { Lambda } from './lambda.ts';

export interface TaskPlace {
  readonly region: string;
  readonly lambda: Pick<Lambda, 'invoke'>;
  readonly call: (request: CallRequest) => Promise<object>;
}

const serviceTimeoutMs = 1000;

/** Performs one Task state: a function's ARN, or one of the two service integrations that the machines use. */
export async function performTask(task: TaskCall, place: TaskPlace): Promise<unknown> {
  const { region, lambda } = place;
  const { resource, parameters } = task;
  if (/^arn:aws:lambda:[^:]+:\d+:function:/.test(resource)) {
    return lambda.invoke({ region, functionName: resource, payload: parameters });
  }
  if (resource === 'arn:aws:states:::lambda:invoke') {
    const { FunctionName, Payload } = fieldsOf(task, ['FunctionName', 'Payload']);
    const result = await lambda.invoke({ region, functionName: String(FunctionName), payload: Payload ?? {} });
    return { ExecutedVersion: '$LATEST', Payload: result, StatusCode: 200 };
  }
  if (resource === 'arn:aws:states:::sns:publish') return publish(task, place);
  throw notSimulated('SFN', `the Task resource ${resource}`);
}

/** Step Functions turns a message that is not text into JSON, and puts the service's name before the error's. */
async function publish(task: TaskCall, { region, call }: TaskPlace): Promise<unknown> {
  const { Message, ...rest } = fieldsOf(task, ['TopicArn', 'Message', 'Subject']);
  const input = { ...rest, Message: typeof Message === 'string' ? Message : JSON.stringify(Message) };
  const place = { callerRegion: region, endpointRegion: region, timeoutMs: serviceTimeoutMs };
  try {
    return await call({ service: 'SNS', command: 'Publish', input, ...place });
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    throw Object.assign(new Error(error.message, { cause: error }), { name: `SNS.${error.name}` });
  }
}

function fieldsOf(task: TaskCall, known: readonly string[]): Readonly<Record<string, unknown>> {
  const fields = task.parameters as Readonly<Record<string, unknown>>;
  const unknown = Object.keys(fields).find((field) => !known.includes(field));
  if (unknown !== undefined) throw notSimulated('SFN', `${task.resource} with ${unknown}`);
  return fields;
}
