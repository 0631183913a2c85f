import {
  InvalidEventPatternException,
  type PutEventsCommandInput,
  type PutRuleCommandInput,
  type PutTargetsCommandInput,
  ResourceNotFoundException,
  type Target,
} from '@aws-sdk/client-eventbridge';
import { fault, notSimulated } from './errors.ts';
import { type EventPattern, matches, parsePattern } from './event-pattern.ts';
import { arn, type Host, pause, type Service, timestamp } from './host.ts';
import type { Lambda } from './lambda.ts';

/** An event as a target receives it. */
export interface CloudEvent {
  readonly version: '0';
  readonly id: string;
  readonly 'detail-type': string;
  readonly source: string;
  readonly account: string;
  readonly time: string;
  readonly region: string;
  readonly resources: readonly string[];
  readonly detail: unknown;
}

export type NewEvent = Pick<CloudEvent, 'source' | 'detail-type' | 'resources' | 'detail'>;

interface RuleName {
  readonly Name?: string | undefined;
  readonly EventBusName?: string | undefined;
}

interface Rule {
  readonly name: string;
  readonly pattern: EventPattern;
  readonly targets: Map<string, Target>;
  readonly description: string | undefined;
  enabled: boolean;
}

/** Amazon EventBridge in one Region: the default bus, rules by pattern, Lambda functions as targets. */
export class EventBridge implements Service {
  readonly operations = {
    PutRule: (input: PutRuleCommandInput) => this.#putRule(input),
    PutTargets: (input: PutTargetsCommandInput) => this.#putTargets(input),
    PutEvents: (input: PutEventsCommandInput) => this.#putEvents(input),
    DescribeRule: (input: RuleName) => this.#describeRule(this.#ruleOn(input)),
    EnableRule: (input: RuleName) => this.#enable(input, true),
    DisableRule: (input: RuleName) => this.#enable(input, false),
  };
  /** Every event of this bus, oldest first. */
  readonly events: CloudEvent[] = [];
  readonly #host: Host;
  readonly #region: string;
  readonly #lambda: Lambda;
  readonly #rules = new Map<string, Rule>();

  constructor(host: Host, region: string, lambda: Lambda) {
    this.#host = host;
    this.#region = region;
    this.#lambda = lambda;
  }

  /** Puts an event on the bus and delivers it to every matching rule, at least once, asynchronously. */
  put(event: NewEvent): CloudEvent {
    const full: CloudEvent = {
      version: '0',
      id: this.#host.newId(),
      account: this.#host.account,
      time: `${timestamp(this.#host).toISOString().slice(0, 19)}Z`,
      region: this.#region,
      ...event,
    };
    this.events.push(full);
    this.deliverAgain(full);
    return full;
  }

  /** To whoever has a rule for it by now. An event may come more than once, and late. */
  deliverAgain(event: CloudEvent): void {
    const rules = [...this.#rules.values()].filter((rule) => rule.enabled && matches(rule.pattern, event));
    for (const target of rules.flatMap((rule) => [...rule.targets.values()])) this.#deliver(target, event);
  }

  isEnabled(rule: string): boolean {
    return this.#rule(rule).enabled;
  }

  #deliver(target: Target, event: CloudEvent): void {
    const { random, settings } = this.#host;
    const times = random() < settings.eventDuplicateProbability ? 2 : 1;
    for (let time = 0; time < times; time++) {
      this.#host.background(async () => {
        await pause(this.#host, settings.eventDeliveryMs + random() * settings.eventJitterMs);
        await this.#host.up(this.#region);
        const payload = target.Input === undefined ? event : JSON.parse(target.Input);
        await this.#lambda.invokeAsync({ region: this.#region, functionName: target.Arn ?? '', payload });
      });
    }
  }

  #putRule(input: PutRuleCommandInput): { RuleArn: string } {
    const name = input.Name ?? '';
    const existing = this.#rules.get(name);
    this.#rules.set(name, {
      name,
      pattern: patternOf(input.EventPattern),
      targets: existing?.targets ?? new Map(),
      description: input.Description,
      enabled: input.State !== 'DISABLED',
    });
    return { RuleArn: this.#ruleArn(name) };
  }

  #putTargets(input: PutTargetsCommandInput): { FailedEntryCount: number; FailedEntries: never[] } {
    const rule = this.#rule(input.Rule);
    for (const target of input.Targets ?? []) {
      const field = Object.keys(target).find((key) => !['Id', 'Arn', 'Input'].includes(key));
      if (field !== undefined) throw notSimulated('EventBridge', `PutTargets with ${field}`);
      if (!target.Arn?.includes(':lambda:')) throw notSimulated('EventBridge', `target ${target.Arn}`);
      rule.targets.set(target.Id ?? '', target);
    }
    return { FailedEntryCount: 0, FailedEntries: [] };
  }

  #putEvents(input: PutEventsCommandInput): { FailedEntryCount: number; Entries: { EventId: string }[] } {
    const entries = (input.Entries ?? []).map((entry) => {
      const event = this.put({
        source: entry.Source ?? '',
        'detail-type': entry.DetailType ?? '',
        resources: entry.Resources ?? [],
        detail: JSON.parse(entry.Detail ?? '{}'),
      });
      return { EventId: event.id };
    });
    return { FailedEntryCount: 0, Entries: entries };
  }

  #describeRule(rule: Rule): object {
    const { name, enabled, pattern, description } = rule;
    const state = enabled ? 'ENABLED' : 'DISABLED';
    const described = description === undefined ? {} : { Description: description };
    return { Name: name, Arn: this.#ruleArn(name), State: state, EventPattern: JSON.stringify(pattern), ...described };
  }

  #enable(input: RuleName, enabled: boolean): object {
    this.#ruleOn(input).enabled = enabled;
    return {};
  }

  #ruleOn({ EventBusName: bus = 'default', Name }: RuleName): Rule {
    if (bus === 'default') return this.#rule(Name);
    throw fault(ResourceNotFoundException, `Event bus ${bus} does not exist.`);
  }

  #rule(name: string | undefined): Rule {
    const rule = this.#rules.get(name ?? '');
    if (rule === undefined) throw fault(ResourceNotFoundException, `Rule ${name} does not exist on EventBus default.`);
    return rule;
  }

  #ruleArn(name: string): string {
    return arn(this.#host, this.#region, ['events', `rule/${name}`]);
  }
}

function patternOf(text: string | undefined): EventPattern {
  if (text === undefined) throw notSimulated('EventBridge', 'PutRule without EventPattern');
  try {
    return parsePattern(text);
  } catch (error) {
    throw fault(InvalidEventPatternException, error instanceof Error ? error.message : String(error));
  }
}
