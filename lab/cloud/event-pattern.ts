/** An EventBridge event pattern, or the part of it that is simulated; see `assertPattern`. */
export type EventPattern = { readonly [field: string]: EventPattern | readonly Matcher[] };

type Scalar = string | number | boolean | null;
type Matcher =
  | Scalar
  | { readonly prefix: string }
  | { readonly exists: boolean }
  | { readonly 'anything-but': Scalar | readonly Scalar[] | { readonly prefix: string } };

/**
 * Parses the text of a pattern.
 * @throws Error for a matcher that is not simulated (only exact values, prefix, exists and anything-but are)
 */
export function parsePattern(text: string): EventPattern {
  const pattern: unknown = JSON.parse(text);
  assertPattern(pattern);
  return pattern;
}

/** Every field of the pattern must match; one alternative is enough for each field. */
export function matches(pattern: EventPattern, event: unknown): boolean {
  return Object.entries(pattern).every(([field, wanted]) => {
    const value = isRecord(event) ? event[field] : undefined;
    return isAlternatives(wanted) ? wanted.some((matcher) => matchesOne(matcher, value)) : matches(wanted, value);
  });
}

/** An array in the event matches when one of its elements does. */
function matchesOne(matcher: Matcher, value: unknown): boolean {
  if (isRecord(matcher) && 'exists' in matcher) return (value !== undefined) === matcher['exists'];
  const values = Array.isArray(value) ? value : [value];
  return values.some((one) => one !== undefined && matchesScalar(matcher, one));
}

function matchesScalar(matcher: Matcher, value: unknown): boolean {
  if (!isRecord(matcher)) return matcher === value;
  if ('prefix' in matcher) return startsWith(value, matcher['prefix']);
  const unwanted = 'anything-but' in matcher ? matcher['anything-but'] : undefined;
  if (isRecord(unwanted)) return !startsWith(value, unwanted['prefix']);
  return !(Array.isArray(unwanted) ? unwanted : [unwanted]).includes(value);
}

function assertPattern(pattern: unknown): asserts pattern is EventPattern {
  if (!isRecord(pattern)) throw new Error('Event pattern is not valid. Reason: expected an object');
  for (const wanted of Object.values(pattern)) {
    if (Array.isArray(wanted)) wanted.forEach(assertMatcher);
    else assertPattern(wanted);
  }
}

function assertMatcher(matcher: unknown): void {
  if (!isRecord(matcher)) return;
  const [name, ...more] = Object.keys(matcher);
  const isKnown = name !== undefined && more.length === 0 && ['prefix', 'exists', 'anything-but'].includes(name);
  if (!isKnown) throw new Error(`Event pattern is not valid. Reason: ${Object.keys(matcher)} is not simulated`);
}

const startsWith = (value: unknown, prefix: unknown): boolean =>
  typeof value === 'string' && typeof prefix === 'string' && value.startsWith(prefix);

const isAlternatives = (wanted: EventPattern | readonly Matcher[]): wanted is readonly Matcher[] =>
  Array.isArray(wanted);

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
