/**
 * What must only ever be referred to: a value of one of these shapes in a plan, a template, a bundle, a log or the
 * journal is a leak. They are shapes that nothing else has, so that a match is never a coincidence.
 */
const shapes: readonly { readonly what: string; readonly shape: RegExp }[] = [
  {
    what: 'an incoming webhook',
    shape: /https:\/\/(?:hooks\.slack\.com|events\.pagerduty\.com\/integration)\/[^\s"']+/g,
  },
  { what: 'a token of Slack', shape: /\bxox[abeprs]-[\w-]{10,}/g },
  { what: 'an access key of AWS', shape: /\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/g },
  { what: 'a URL with a password', shape: /\b[a-z][a-z0-9+.-]*:\/\/[^\s/:@"'`]+:[^\s/:@"'`]+@[^\s"']+/g },
  { what: 'a private key', shape: /-----BEGIN [A-Z ]*PRIVATE KEY-----[^"']*/g },
];

/** What kinds of secrets a text holds; empty for most. */
export const secretsIn = (text: string): readonly string[] =>
  shapes.filter(({ shape }) => text.search(shape) >= 0).map(({ what }) => what);

/** The text with each secret replaced by what it was. */
export const redacted = (text: string): string =>
  shapes.reduce((left, { shape, what }) => left.replaceAll(shape, `[${what}]`), text);
