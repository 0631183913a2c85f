import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { ExecutionAlreadyExists, ExecutionDoesNotExist } from '@aws-sdk/client-sfn';
import { expect, it } from 'vitest';
import { unanswered } from '../../../lab/cloud/errors.ts';
import { flatten, revive } from '../../../lab/gameday/orchestrator/flat-error.ts';

/** As Node's advanced serialization carries it. */
const carried = (error: unknown): Error => revive(structuredClone(flatten(error)));
const answer = { message: 'no', $metadata: { httpStatusCode: 400, requestId: 'r-1' } };

it('an exception of the SDK is the same exception on the other side, and no other', () => {
  const error = carried(new ExecutionAlreadyExists(answer));
  expect(error).toBeInstanceOf(ExecutionAlreadyExists);
  expect(error).not.toBeInstanceOf(ExecutionDoesNotExist);
  expect(error).toMatchObject({ name: 'ExecutionAlreadyExists', $fault: 'client', $metadata: answer.$metadata });
});

it('what an exception carries besides arrives, too', () => {
  const Item = { pk: { S: 'application#shop' } };
  expect(carried(new ConditionalCheckFailedException({ ...answer, Item }))).toMatchObject({ Item });
});

it('no answer is no answer on either side, and text that was thrown is an error', () => {
  expect(carried(unanswered(30))).toMatchObject({ name: 'TimeoutError' });
  expect(carried('nonsense').message).toBe('nonsense');
});
