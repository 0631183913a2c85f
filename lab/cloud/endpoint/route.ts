import type { StaticOperationSchema } from '@smithy/types';
import type { WireRequest } from './request.ts';
import type { WireService } from './services.ts';

/** What a REST request asks for: the operation whose method, path and fixed query fit. */
export interface Route {
  readonly operation: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** The most literal operation that fits: `/change/{Id}` before `/{Id+}`. */
export function routeOf(request: WireRequest, service: WireService): Route | undefined {
  const fitting = service.operations.flatMap((operation) => {
    const schema = service.operation(operation);
    const fit = schema === undefined ? undefined : fitOf(schema, request, prefixOf(service));
    return fit === undefined ? [] : [{ operation, ...fit }];
  });
  return fitting.toSorted((a, b) => b.literals - a.literals)[0];
}

interface Fit {
  readonly labels: Readonly<Record<string, string>>;
  /** How much of the pattern is fixed. */
  readonly literals: number;
}

/** At an address, S3 finds the bucket in the path; its operations only know it in the host name. */
const prefixOf = ({ name }: WireService): string => (name === 'S3' ? '/{Bucket}' : '');

function fitOf(schema: StaticOperationSchema, request: WireRequest, prefix: string): Fit | undefined {
  const [method, uri, statusCode] = httpOf(schema);
  if (statusCode === undefined || method !== request.method) return undefined;
  const [path = '', fixedQuery = ''] = uri.split('?');
  // `x-id` only repeats the operation's name, and other SDKs leave it out.
  const fixed = [...new URLSearchParams(fixedQuery)].filter(([name]) => name !== 'x-id');
  if (!fixed.every(([name, value]) => request.query.get(name) === value)) return undefined;
  const match = patternOf(prefix + path).exec(request.path);
  if (match === null) return undefined;
  const labels = Object.entries(match.groups ?? {}).map(([name, value]) => [name, decodeURIComponent(value)]);
  const literals = path.split('/').filter((part) => part !== '' && !part.startsWith('{')).length + fixed.length;
  return { labels: Object.fromEntries(labels), literals };
}

type Http = readonly [method: string, uri: string, statusCode: number | undefined];

/** Method, path and status of success, from the operation's `http` trait. */
export function httpOf(schema: StaticOperationSchema): Http {
  const traits = schema[3];
  return (typeof traits === 'object' ? traits.http : undefined) ?? ['', '', undefined];
}

/** `/hostedzone/{Id}/rrset` as an expression; AWS takes a slash at the end or none. */
function patternOf(path: string): RegExp {
  const pattern = path
    .replace(/\/$/, '')
    .replaceAll(/\{(\w+)(\+?)\}/g, (_, name, greedy) => `(?<${name}>${greedy ? '.+?' : '[^/]+'})`);
  return new RegExp(`^${pattern}/?$`);
}
