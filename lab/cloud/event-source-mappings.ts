import {
  type EventSourceMappingConfiguration,
  type GetEventSourceMappingCommandInput,
  ResourceInUseException,
  ResourceNotFoundException,
  type UpdateEventSourceMappingCommandInput,
} from '@aws-sdk/client-lambda';
import { fault } from './errors.ts';
import { arn, type Host, pause, type Service, timestamp } from './host.ts';

export interface MappingSeed {
  readonly uuid: string;
  readonly functionName: string;
  readonly enabled: boolean;
}

/** "Creating, Enabling, Enabled, Disabling, Disabled, Updating, or Deleting" – AWS Lambda API reference; five are simulated. */
type State = 'Enabling' | 'Enabled' | 'Disabling' | 'Disabled' | 'Updating';

interface Mapping {
  readonly uuid: string;
  readonly functionName: string;
  changedAt: Date;
  state: State;
}

const passing: readonly State[] = ['Enabling', 'Disabling', 'Updating'];

/** Event source mappings of AWS Lambda in one Region, as records: no event passes them here. */
export class EventSourceMappings implements Service {
  readonly operations = {
    GetEventSourceMapping: ({ UUID }: GetEventSourceMappingCommandInput) => this.#describe(this.#find(UUID)),
    UpdateEventSourceMapping: (input: UpdateEventSourceMappingCommandInput) => this.#update(input),
  };
  readonly #host: Host;
  readonly #region: string;
  readonly #mappings = new Map<string, Mapping>();

  constructor(host: Host, region: string) {
    this.#host = host;
    this.#region = region;
  }

  seedMapping({ enabled, functionName, uuid }: MappingSeed): void {
    const state = enabled ? 'Enabled' : 'Disabled';
    this.#mappings.set(uuid, { uuid, functionName, state, changedAt: timestamp(this.#host) });
  }

  /** Whether it polls its source now. One that is Disabling still does. */
  isPolling(uuid: string): boolean {
    const { state } = this.#find(uuid);
    return state === 'Enabled' || state === 'Disabling';
  }

  /** While it is on its way to another state, Lambda refuses: ResourceInUseException. */
  #update({ Enabled, UUID }: UpdateEventSourceMappingCommandInput): EventSourceMappingConfiguration {
    const mapping = this.#find(UUID);
    if (passing.includes(mapping.state)) {
      const why = `Cannot update the event source mapping because it is in use (${mapping.state}).`;
      throw fault(ResourceInUseException, why);
    }
    const isOn = mapping.state === 'Enabled';
    const wanted = Enabled ?? isOn;
    mapping.changedAt = timestamp(this.#host);
    if (wanted === isOn) mapping.state = 'Updating';
    else mapping.state = wanted ? 'Enabling' : 'Disabling';
    this.#host.background(() => this.#arrive(mapping, wanted ? 'Enabled' : 'Disabled'));
    return this.#describe(mapping);
  }

  async #arrive(mapping: Mapping, state: State): Promise<void> {
    await pause(this.#host, this.#host.settings.mappingSwitchMs);
    await this.#host.up(this.#region);
    mapping.state = state;
  }

  #describe({ changedAt, functionName, state, uuid }: Mapping): EventSourceMappingConfiguration {
    const FunctionArn = arn(this.#host, this.#region, ['lambda', `function:${functionName}`]);
    return { UUID: uuid, FunctionArn, State: state, LastModified: changedAt, StateTransitionReason: 'USER_INITIATED' };
  }

  #find(uuid: string | undefined): Mapping {
    const mapping = this.#mappings.get(uuid ?? '');
    if (mapping === undefined)
      throw fault(ResourceNotFoundException, 'The resource you requested does not exist.', 404);
    return mapping;
  }
}
