/** Smithy's numbers for the formats of a timestamp, as `@aws-sdk/core/protocols` takes them. */
const dateTime = 5;
const httpDate = 6;
const epochSeconds = 7;

/** The format that each family of protocols uses where a schema does not say otherwise. */
export const jsonTimestamps = { useTrait: true, default: epochSeconds } as const;
export const xmlTimestamps = { useTrait: true, default: dateTime } as const;
export const headerTimestamps = { useTrait: true, default: httpDate } as const;
