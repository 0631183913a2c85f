import type { Run } from '../domain/run.ts';
import { type Message, subjectOf } from './message.ts';
import { duration, plainLine } from './words.ts';

/** What people are told just before writes stand still. */
export function announcementOf({ application, from, id, reason, to }: Run, freezeSecondsMax: number): Message {
  const lines = [
    `Writes of ${application} stand still from now on, for at most ${duration(freezeSecondsMax)}.`,
    `It moves from ${from.region} to ${to.region} (run ${id}): ${reason}`,
    'When that is not done by then, writes go on where they were.',
  ];
  return { subject: subjectOf(`${application}: writes stand still now`), body: `${lines.map(plainLine).join('\n')}\n` };
}
