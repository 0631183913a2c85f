import { alarmsAt } from './alarms.ts';
import { att, functionId, type Resources, ref } from './cloudformation.ts';
import type { Deployment } from './deployment.ts';
import { machineArn } from './permissions.ts';

const deadLetters = () => ({ DeadLetterConfig: { Arn: att('DeadLetters', 'Arn') } });

/** From the alarms of the plan to `trigger`, and from runs that ended without a word to people. */
export const eventResources = (deployment: Deployment): Resources => ({
  ...alarmRule(deployment),
  ...silentEndRule(deployment),
});

/** What a place says of itself starts nothing, so only alarms on the other place are passed on. */
function alarmRule(deployment: Deployment): Resources {
  const signals = alarmsAt(deployment).filter(({ watches }) => watches !== deployment.site);
  if (signals.length === 0) return {};
  const isSilenceTold = signals.some(({ missingData }) => missingData === 'failing');
  const value = isSilenceTold ? ['ALARM', 'INSUFFICIENT_DATA'] : ['ALARM'];
  return {
    AlarmRule: {
      Type: 'AWS::Events::Rule',
      Properties: {
        Description: 'An alarm of the plan went off; trigger says whether a run is due.',
        EventPattern: {
          source: ['aws.cloudwatch'],
          'detail-type': ['CloudWatch Alarm State Change'],
          detail: { alarmName: signals.map(({ alarm }) => alarm), state: { value } },
        },
        Targets: [{ Id: 'trigger', Arn: att(functionId('trigger'), 'Arn'), ...deadLetters() }],
      },
    },
    AlarmRuleMayInvokeTrigger: {
      Type: 'AWS::Lambda::Permission',
      Properties: {
        Action: 'lambda:InvokeFunction',
        FunctionName: ref(functionId('trigger')),
        Principal: 'events.amazonaws.com',
        SourceArn: att('AlarmRule', 'Arn'),
      },
    },
  };
}

/**
 * A run that is aborted or times out runs no state any more, so it cannot tell anybody. It may leave the lock held.
 * https://docs.aws.amazon.com/step-functions/latest/dg/eventbridge-integration.html
 */
const silentEndRule = (deployment: Deployment): Resources => ({
  SilentEndRule: {
    Type: 'AWS::Events::Rule',
    Properties: {
      Description: 'A run was aborted or timed out: people must look.',
      EventPattern: {
        source: ['aws.states'],
        'detail-type': ['Step Functions Execution Status Change'],
        detail: {
          stateMachineArn: [...deployment.machines.keys()].map((name) => machineArn(deployment, name)),
          status: ['ABORTED', 'TIMED_OUT'],
        },
      },
      Targets: [{ Id: 'people', Arn: ref('Topic'), ...deadLetters() }],
    },
  },
});
