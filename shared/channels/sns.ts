import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { converted } from '../aws/errors.ts';
import type { Outside } from '../aws/outside.ts';

/** Publishes to a topic of one Region: that of the other may be lost with it. */
export async function publishToSns(
  outside: Outside,
  topic: { arn: string; region: string },
  message: { readonly subject: string; readonly body: string },
): Promise<void> {
  const client = outside.client(SNSClient, topic.region);
  await converted(`publishing to ${topic.arn}`, () =>
    client.send(new PublishCommand({ TopicArn: topic.arn, Subject: message.subject, Message: message.body })),
  );
}
