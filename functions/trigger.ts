import { AlarmEvent, startFromAlarm } from '../shared/start/from-alarm.ts';
import { onEvent, parsed } from './_lambda.ts';

/** An EventBridge event of a CloudWatch alarm: starts the run that it asks for, or says why not. */
export const handler = onEvent(async (event, { log, outside, plans, region, stateMachineArn }) => {
  const wanted = startFromAlarm(parsed(AlarmEvent, event), plans.values());
  if (!wanted.start) {
    log('info', `no run: ${wanted.why}`);
    return { started: false, why: wanted.why };
  }
  const { name, request } = wanted;
  const { startExecution } = await import('../shared/start/start-execution.ts');
  const answer = await startExecution(outside, { region, stateMachineArn, name, request });
  log('info', `${name} ${answer === 'started' ? 'started' : 'was started before'}: ${wanted.why}`);
  return { started: answer === 'started', why: wanted.why, name };
});
