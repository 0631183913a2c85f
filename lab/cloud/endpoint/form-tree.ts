import type { WireRequest } from './request.ts';

/** The form of a query request, wherever it travels. */
export const formOf = ({ body, query: inUrl }: WireRequest): URLSearchParams =>
  body.length === 0 ? inUrl : new URLSearchParams(body.toString('utf8'));

export interface Tree {
  [name: string]: Tree | Tree[] | string;
}

/**
 * `Dimensions.member.1.Name=x` → `{ Dimensions: { member: [{ Name: 'x' }] } }`: the shape that parsed XML has, so that one
 * reader serves both.
 */
export function treeOf(request: WireRequest): Tree {
  const root: Tree = {};
  for (const [name, value] of formOf(request)) {
    if (name === 'Action' || name === 'Version') continue;
    const path = name.split('.');
    const last = path.pop() ?? name;
    path.reduce(childOf, root)[last] = value;
  }
  return withLists(root) as Tree;
}

function childOf(node: Tree, key: string): Tree {
  const existing = Object.hasOwn(node, key) ? node[key] : undefined;
  if (typeof existing === 'object' && !Array.isArray(existing)) return existing;
  const child: Tree = {};
  node[key] = child;
  return child;
}

function withLists(node: Tree | Tree[] | string): Tree | Tree[] | string {
  if (typeof node === 'string' || Array.isArray(node)) return node;
  const entries = Object.entries(node).map(([key, value]) => [key, withLists(value)] as const);
  const isList = entries.length > 0 && entries.every(([key]) => /^\d+$/.test(key));
  if (!isList) return Object.fromEntries(entries);
  return entries.toSorted(([a], [b]) => Number(a) - Number(b)).map(([, value]) => value as Tree);
}
