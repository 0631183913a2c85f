import {
  ExecutionAlreadyExists,
  ExecutionDoesNotExist,
  type ExecutionListItem,
  InvalidExecutionInput,
  InvalidName,
  type ListExecutionsCommandInput,
  type StartExecutionCommandInput,
  StateMachineDoesNotExist,
  type StateMachineListItem,
  type StopExecutionCommandInput,
} from '@aws-sdk/client-sfn';
import type { Engine, EngineResult, EngineRun, TaskCall } from './engine.ts';
import { fault } from './errors.ts';
import { arn, type Host, type Service, timestamp } from './host.ts';
import { historyEvents } from './sfn-history.ts';

export interface StateMachineSeed {
  readonly name: string;
  /** The Amazon States Language, placeholders filled. */
  readonly definition: object;
}

export interface StepFunctionsOptions {
  readonly host: Host;
  readonly region: string;
  readonly engine: Engine;
  readonly invokeTask: (task: TaskCall) => Promise<unknown>;
}

interface StateMachine extends StateMachineSeed {
  readonly arn: string;
  readonly createdAt: Date;
}

interface Execution {
  readonly machine: StateMachine;
  readonly name: string;
  readonly arn: string;
  readonly input: string;
  readonly startedAt: Date;
  run?: EngineRun;
  ended?: { readonly at: Date; readonly result: EngineResult };
}

type ByArn = { executionArn?: string | undefined };

/** AWS Step Functions (standard workflows) in one Region. */
export class StepFunctions implements Service {
  readonly operations = {
    StartExecution: (input: StartExecutionCommandInput) => this.#start(input),
    DescribeExecution: (input: ByArn) => describe(this.#execution(input.executionArn)),
    /** All on one page: nobody has a thousand machines in a Region. */
    ListStateMachines: () => ({ stateMachines: [...this.#machines.values()].map(machineItem) }),
    ListExecutions: (input: ListExecutionsCommandInput) => this.#list(input),
    StopExecution: (input: StopExecutionCommandInput) => this.#stop(input),
    DescribeStateMachine: (input: { stateMachineArn?: string | undefined }) =>
      this.#describeMachine(this.#machine(input.stateMachineArn)),
    GetExecutionHistory: (input: ByArn & { reverseOrder?: boolean; maxResults?: number; nextToken?: string }) =>
      historyEvents(this.#execution(input.executionArn).run?.events() ?? [], input),
  };
  readonly #options: StepFunctionsOptions;
  readonly #machines = new Map<string, StateMachine>();
  /** By ARN, oldest first. */
  readonly #executions = new Map<string, Execution>();

  constructor(options: StepFunctionsOptions) {
    this.#options = options;
  }

  /** @returns the ARN of the new state machine */
  seedStateMachine(seed: StateMachineSeed): string {
    const { host, region } = this.#options;
    const machineArn = arn(host, region, ['states', `stateMachine:${seed.name}`]);
    this.#machines.set(machineArn, { ...seed, arn: machineArn, createdAt: timestamp(host) });
    return machineArn;
  }

  /** The World ends: no execution goes on without it, waiting for its retries. What was RUNNING stays recorded so. */
  abandon(): void {
    for (const { ended, run } of this.#executions.values()) if (ended === undefined) run?.stop();
  }

  /**
   * "If you call StartExecution with the same name and input as a running execution, the call succeeds and returns the
   * same response as the original request. If the execution is closed or if the input is different, it returns a 400
   * ExecutionAlreadyExists error." – Step Functions API reference, StartExecution
   */
  #start(input: StartExecutionCommandInput): { executionArn: string; startDate: Date } {
    const { host, region } = this.#options;
    const machine = this.#machine(input.stateMachineArn);
    const name = validName(input.name ?? host.newId());
    const text = validInput(input.input ?? '{}');
    const executionArn = arn(host, region, ['states', `execution:${machine.name}:${name}`]);
    const existing = this.#executions.get(executionArn);
    if (existing === undefined)
      return this.#run({ machine, name, arn: executionArn, input: text, startedAt: timestamp(host) });
    if (existing.ended === undefined && existing.input === text) return started(existing);
    throw fault(ExecutionAlreadyExists, `Execution Already Exists: '${executionArn}'`);
  }

  #run(execution: Execution): { executionArn: string; startDate: Date } {
    const { host, region, engine, invokeTask } = this.#options;
    this.#executions.set(execution.arn, execution);
    const run = engine(execution.machine.definition, JSON.parse(execution.input), {
      context: {
        executionName: execution.name,
        executionArn: execution.arn,
        startedAt: execution.startedAt.toISOString(),
      },
      invokeTask: async (task) => {
        await host.up(region);
        // The Region came back too late: what nobody waits for any more was never sent.
        return task.givenUp?.aborted === true ? undefined : invokeTask(task);
      },
    });
    execution.run = run;
    host.background(async () => {
      const result = await run.result;
      await host.up(region);
      if (!host.stopping.aborted) execution.ended ??= { at: timestamp(host), result };
    });
    return started(execution);
  }

  #stop(input: StopExecutionCommandInput): { stopDate: Date } {
    const execution = this.#execution(input.executionArn);
    execution.run?.stop();
    execution.ended ??= { at: timestamp(this.#options.host), result: { status: 'ABORTED' } };
    return { stopDate: execution.ended.at };
  }

  #list(input: ListExecutionsCommandInput): { executions: ExecutionListItem[]; nextToken?: string } {
    const machine = this.#machine(input.stateMachineArn);
    const all = [...this.#executions.values()]
      .reverse()
      .filter((execution) => execution.machine.arn === machine.arn)
      .filter((execution) => input.statusFilter === undefined || statusOf(execution) === input.statusFilter);
    const from = Number(input.nextToken ?? 0);
    const to = from + (input.maxResults || 100);
    return { executions: all.slice(from, to).map(listItem), ...(to < all.length ? { nextToken: String(to) } : {}) };
  }

  #describeMachine(machine: StateMachine): object {
    return {
      stateMachineArn: machine.arn,
      name: machine.name,
      status: 'ACTIVE',
      type: 'STANDARD',
      definition: JSON.stringify(machine.definition),
      roleArn: `arn:aws:iam::${this.#options.host.account}:role/${machine.name}`,
      creationDate: machine.createdAt,
    };
  }

  #machine(machineArn: string | undefined): StateMachine {
    const machine = this.#machines.get(machineArn ?? '');
    if (machine === undefined) throw fault(StateMachineDoesNotExist, `State Machine Does Not Exist: '${machineArn}'`);
    return machine;
  }

  #execution(executionArn: string | undefined): Execution {
    const execution = this.#executions.get(executionArn ?? '');
    if (execution === undefined) throw fault(ExecutionDoesNotExist, `Execution Does Not Exist: '${executionArn}'`);
    return execution;
  }
}

function describe(execution: Execution): object {
  const result = execution.ended?.result;
  return {
    ...listItem(execution),
    input: execution.input,
    ...(result?.status === 'SUCCEEDED' ? { output: JSON.stringify(result.output) } : {}),
    ...(result?.status === 'FAILED' ? { error: result.error, cause: result.cause } : {}),
  };
}

const machineItem = ({ arn: stateMachineArn, createdAt, name }: StateMachine): StateMachineListItem => ({
  stateMachineArn,
  name,
  type: 'STANDARD',
  creationDate: createdAt,
});

const listItem = (execution: Execution): ExecutionListItem => ({
  executionArn: execution.arn,
  stateMachineArn: execution.machine.arn,
  name: execution.name,
  status: statusOf(execution),
  startDate: execution.startedAt,
  ...(execution.ended === undefined ? {} : { stopDate: execution.ended.at }),
});

const statusOf = (execution: Execution): 'RUNNING' | EngineResult['status'] =>
  execution.ended?.result.status ?? 'RUNNING';

const started = ({ arn: executionArn, startedAt }: Execution): { executionArn: string; startDate: Date } => ({
  executionArn,
  startDate: startedAt,
});

/** 1–80 characters; no white space, brackets, wildcards, or the special and control characters that the API lists. */
function validName(name: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what the API forbids.
  const forbidden = /[\s<>{}[\]?*"#%\\^|~`$&,;:/\u0000-\u001f\u007f-\u009f]/;
  if (name.length >= 1 && name.length <= 80 && !forbidden.test(name)) return name;
  throw fault(InvalidName, `Invalid Name: '${name}'`);
}

function validInput(text: string): string {
  try {
    JSON.parse(text);
  } catch {
    throw fault(InvalidExecutionInput, 'Invalid State Machine Execution Input: not JSON');
  }
  if (Buffer.byteLength(text) <= 262_144) return text;
  throw fault(InvalidExecutionInput, 'Invalid State Machine Execution Input: longer than 262144 bytes');
}
