import type { Pluggable } from '@smithy/types';
import { makeEngine } from '../../../lab/asl/engine.ts';
import { ModelledSubstrate } from '../../../lab/cloud/modelled-substrate.ts';
import type { Settings } from '../../../lab/cloud/settings.ts';
import { systemClock } from '../../../lab/cloud/system-clock.ts';
import { attach } from '../../../lab/cloud/wire.ts';
import { World } from '../../../lab/cloud/world.ts';

export const primary = 'eu-west-1';
export const recovery = 'eu-central-1';
export const witness = 'eu-north-1';

export interface Bench {
  readonly world: World;
  readonly substrate: ModelledSubstrate;
}

/** A fast world: no latency, propagation within 5 ms. */
export function makeBench(settings: Partial<Settings> = {}, random: () => number = () => 0.5): Bench {
  const substrate = new ModelledSubstrate({ clock: systemClock, random });
  const fast = { latencyMs: 0, interRegionLatencyMs: 0, propagationMs: 5, eventDeliveryMs: 0, eventRetryMs: 1 };
  const world = new World({
    clock: systemClock,
    random,
    substrate,
    engine: makeEngine(),
    settings: { ...fast, ...settings },
  });
  return { world, substrate };
}

interface Settable {
  readonly region: string;
  readonly maxAttempts: number;
  readonly requestHandler: { readonly connectionTimeout: number };
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

interface Attachable<Input extends object, Output extends object> {
  readonly middlewareStack: { use(plugin: Pluggable<Input, Output>): void };
  readonly config: { region: string | (() => Promise<string>); readonly requestHandler: object };
}

export interface Place {
  readonly region: string;
  readonly callerRegion?: string;
  readonly maxAttempts?: number;
}

/** A real SDK client of the class, attached to the world. */
export function connect<Input extends object, Output extends object, C extends Attachable<Input, Output>>(
  Client: new (settings: Settable) => C & Attachable<Input, Output>,
  world: World,
  place: Place,
): C {
  const client = new Client({
    region: place.region,
    maxAttempts: place.maxAttempts ?? 1,
    requestHandler: { connectionTimeout: 20 },
    credentials: { accessKeyId: 'lab', secretAccessKey: 'lab' },
  });
  attach(client, world, place.callerRegion ?? place.region);
  return client;
}

/** Every page of an SDK paginator. */
export async function collect<T>(pages: AsyncIterable<T>): Promise<readonly T[]> {
  const all: T[] = [];
  for await (const page of pages) all.push(page);
  return all;
}
