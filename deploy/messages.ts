import { att, type Resources, ref } from './cloudformation.ts';
import { type Deployment, namesOf } from './deployment.ts';
import { customerKey } from './keys.ts';

/** Fourteen days, the longest that SQS keeps a message. */
const retentionSeconds = 1_209_600;

/** Who tells people: the topic, and the queue of what could not be delivered, with an alarm that tells of it. */
export function messageResources(deployment: Deployment): Resources {
  const topic = ref('Topic');
  const ownAccount = { StringEquals: { 'aws:SourceAccount': ref('AWS::AccountId') } };
  const services = ['cloudwatch.amazonaws.com', 'events.amazonaws.com'];
  return {
    Topic: {
      Type: 'AWS::SNS::Topic',
      Properties: { TopicName: namesOf(deployment).topic, ...customerKey(deployment, 'KmsMasterKeyId') },
    },
    TopicPolicy: {
      Type: 'AWS::SNS::TopicPolicy',
      Properties: { Topics: [topic], PolicyDocument: policy(services, 'sns:Publish', topic, ownAccount) },
    },
    DeadLetters: {
      Type: 'AWS::SQS::Queue',
      Properties: { SqsManagedSseEnabled: true, MessageRetentionPeriod: retentionSeconds },
    },
    DeadLettersPolicy: {
      Type: 'AWS::SQS::QueuePolicy',
      Properties: {
        Queues: [ref('DeadLetters')],
        PolicyDocument: policy(['events.amazonaws.com'], 'sqs:SendMessage', att('DeadLetters', 'Arn'), ownAccount),
      },
    },
    DeadLettersAlarm: deadLettersAlarm(),
  };
}

const policy = (services: readonly string[], action: string, resource: unknown, condition: unknown) => ({
  Version: '2012-10-17',
  Statement: [
    { Effect: 'Allow', Principal: { Service: services }, Action: action, Resource: resource, Condition: condition },
  ],
});

const deadLettersAlarm = () => ({
  Type: 'AWS::CloudWatch::Alarm',
  Properties: {
    AlarmDescription: 'An alarm, a schedule or a notification was not served: look into the queue of dead letters.',
    Namespace: 'AWS/SQS',
    MetricName: 'ApproximateNumberOfMessagesVisible',
    Dimensions: [{ Name: 'QueueName', Value: att('DeadLetters', 'QueueName') }],
    Statistic: 'Maximum',
    Period: 300,
    EvaluationPeriods: 1,
    Threshold: 1,
    ComparisonOperator: 'GreaterThanOrEqualToThreshold',
    TreatMissingData: 'notBreaching',
    AlarmActions: [ref('Topic')],
  },
});
