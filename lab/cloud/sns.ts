import { InvalidParameterException, NotFoundException, type PublishCommandInput } from '@aws-sdk/client-sns';
import { fault } from './errors.ts';
import { arn, type Host, type Service } from './host.ts';

export interface Message {
  readonly id: string;
  readonly at: number;
  readonly topicArn: string;
  readonly subject?: string;
  readonly message: string;
}

/** Amazon SNS in one Region: topics keep what was published; there are no subscriptions. */
export class Sns implements Service {
  readonly operations = { Publish: (input: PublishCommandInput) => this.#publish(input) };
  /** Oldest first. */
  readonly messages: Message[] = [];
  onPublish: ((message: Message) => void) | undefined;
  readonly #host: Host;
  readonly #region: string;
  readonly #topics = new Set<string>();

  constructor(host: Host, region: string) {
    this.#host = host;
    this.#region = region;
  }

  /** @returns the ARN of the new topic */
  seedTopic(name: string): string {
    const topicArn = arn(this.#host, this.#region, ['sns', name]);
    this.#topics.add(topicArn);
    return topicArn;
  }

  #publish(input: PublishCommandInput): { MessageId: string } {
    const topicArn = input.TopicArn ?? '';
    if (topicArn.split(':')[3] !== this.#region) {
      throw fault(InvalidParameterException, 'Invalid parameter: TopicArn Reason: it belongs to another Region');
    }
    if (!this.#topics.has(topicArn)) throw fault(NotFoundException, 'Topic does not exist', 404);
    if (!input.Message) throw fault(InvalidParameterException, 'Invalid parameter: Empty message');
    const message: Message = {
      id: this.#host.newId(),
      at: this.#host.clock.nowMs(),
      topicArn,
      message: input.Message,
      ...(input.Subject === undefined ? {} : { subject: input.Subject }),
    };
    this.messages.push(message);
    this.onPublish?.(message);
    return { MessageId: message.id };
  }
}
