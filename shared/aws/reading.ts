/** AWS names commands that change nothing with these three words; what is not named so counts as mutating. */
const readingPrefix = /^(Describe|Get|List)[A-Z]/;
const otherReading: ReadonlySet<string> = new Set(['DynamoDB.Query']);

/** Whether a command surely changes nothing. One that nobody knows is taken for one that does. */
export const isReading = (service: string, command: string): boolean =>
  readingPrefix.test(command) || otherReading.has(`${service}.${command}`);
