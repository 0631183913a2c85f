import { plainLine } from './words.ts';

/** What people get from a channel. */
export interface Message {
  /** ASCII without line breaks, at most 99 characters: what SNS accepts as the subject of a mail. */
  readonly subject: string;
  readonly body: string;
}

/** SNS wants fewer than 100 characters: https://docs.aws.amazon.com/sns/latest/api/API_Publish.html (Subject). */
const subjectLengthMax = 99;

export const subjectOf = (text: string): string =>
  plainLine(text)
    .replace(/[^\x20-\x7e]/gu, '?')
    .slice(0, subjectLengthMax);
