import { registry } from '../../shared/kinds/registry.ts';

/** Before the first test: else Stryker takes what a kind does while it is loaded for what that test does. */
await Promise.all(Object.values(registry).map((load) => load()));
