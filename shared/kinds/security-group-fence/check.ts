import * as z from 'zod';
import { act, type Decision, refuse, settled, wait } from '../../domain/decision.ts';
import type { Goal, Undo } from '../contract.ts';
import type { Spec } from './spec.ts';

/** One inbound rule: all that EC2 takes to open it again as it was. Its id is new then. */
export interface Rule {
  /** Empty where it is to be opened: EC2 gives it. */
  readonly id: string;
  /** `tcp`, `udp`, `icmp`, a number, or `-1` for all. */
  readonly protocol: string;
  readonly fromPort?: number;
  readonly toPort?: number;
  /** Exactly one of the four sources is there. */
  readonly cidrIpv4?: string;
  readonly cidrIpv6?: string;
  readonly prefixList?: string;
  readonly group?: { readonly id: string; readonly account?: string; readonly peering?: string };
  readonly description?: string;
  /** By key, in the order of the keys. Those that begin with `aws:` are not here: only AWS can set them. */
  readonly tags: Readonly<Record<string, string>>;
}

/** Of the security group in the Region being left (isolate) or activated (scale): its inbound rules, by id. */
export interface Facts {
  readonly rules: 'absent' | 'unanswered' | readonly Rule[];
}

export interface Action {
  /** Names the verb and the tags of the rules: each set of rules is revoked, and opened again, by a call of its own. */
  readonly type: string;
  readonly verb: 'revoke' | 'authorize';
  readonly at: 'from' | 'to';
  readonly securityGroup: string;
  readonly rules: readonly Rule[];
}

/** Surveyed and recorded facts come from the table, so they are foreign. */
const Known = z.object({
  rules: z.array(
    z.object({
      id: z.string(),
      protocol: z.string(),
      fromPort: z.int().exactOptional(),
      toPort: z.int().exactOptional(),
      cidrIpv4: z.string().exactOptional(),
      cidrIpv6: z.string().exactOptional(),
      prefixList: z.string().exactOptional(),
      group: z
        .object({ id: z.string(), account: z.string().exactOptional(), peering: z.string().exactOptional() })
        .exactOptional(),
      description: z.string().exactOptional(),
      tags: z.record(z.string(), z.string()),
    }),
  ),
});

const rulesIn = (facts: unknown): readonly Rule[] | undefined => Known.safeParse(facts).data?.rules;

/** Amazon EC2 User Guide, "Security group connection tracking"; why a closed door proves nothing, see the README. */
const tracked = 'connections that were established before are tracked and go on';

export function check(goal: Goal, spec: Spec, facts: Facts): Decision<Action> {
  return goal.phase === 'scale' ? checkOpen(goal, spec, facts) : checkClosed(goal, spec, facts);
}

/** The other verb on the same rules, with their descriptions and tags. What is opened gets new ids. */
export function undo(action: Action, _before: Facts): Undo<Action> {
  const verb = action.verb === 'revoke' ? 'authorize' : 'revoke';
  const rules = action.rules.map((rule) => ({ ...rule, id: '' }));
  return { ...action, type: `${verb}${tagsOf(rules)}`, verb, rules };
}

function checkClosed({ run }: Goal, spec: Spec, { rules }: Facts): Decision<Action> {
  const { securityGroup } = spec[run.from.place];
  const where = `${securityGroup} in ${run.from.region}`;
  if (rules === 'unanswered') return wait(`${where} does not answer: the door is not known to be closed`, 1);
  if (rules === 'absent') return refuse('fence-unusable', `${where} does not exist; correct the plan`);
  const set = firstOfSameTags(rules);
  if (set.length === 0) {
    return settled(`${where} lets no new connection in; ${tracked}, so this alone does not show that nobody writes`);
  }
  const action = { type: `revoke${tagsOf(set)}`, verb: 'revoke', at: 'from', securityGroup, rules: set } as const;
  return act(action, `close ${where} to new connections: revoke ${set.length} of ${rules.length} inbound rules`);
}

/**
 * A run that left this Region has closed its door, and nothing has opened it since. A door that is open, however far, is
 * somebody's decision: only one that was found closed is opened again.
 */
function checkOpen(goal: Goal, spec: Spec, { rules }: Facts): Decision<Action> {
  const { place, region } = goal.run.to;
  const { securityGroup } = spec[place];
  const where = `${securityGroup} in ${region}`;
  if (rules === 'unanswered') return wait(`${where} does not answer`, 1);
  if (rules === 'absent') return refuse('door-closed', `${where} does not exist; correct the plan`);
  if (rules.length > 0 && !wasClosedBefore(goal)) return settled(`${where} is open: ${rules.length} inbound rules`);
  const recorded = rulesIn(goal.recordedInCharge?.isolate?.facts);
  if (recorded === undefined) {
    const remedy = 'open it by hand, for those who use the database';
    return refuse('door-closed', `${where} lets nobody in, and whom it let in is not recorded; ${remedy}`);
  }
  const there = new Set(rules.map(lettingIn));
  const missing = recorded.filter((rule) => !there.has(lettingIn(rule)));
  const set = firstOfSameTags(missing).map((rule) => ({ ...rule, id: '' }));
  if (set.length === 0) return settled(`${where} is open as it was while ${region} was in charge`);
  const action = { type: `authorize${tagsOf(set)}`, verb: 'authorize', at: 'to', securityGroup, rules: set } as const;
  return act(
    action,
    `open ${where} as it was while ${region} was in charge: ${set.length} of ${recorded.length} rules`,
  );
}

/** Whether the survey, which came before this run changed anything, found it closed. */
const wasClosedBefore = ({ surveyed }: Goal): boolean => rulesIn(surveyed.scale?.facts)?.length === 0;

/** What a rule lets in, by which EC2 tells rules apart: without its id, description and tags. */
const lettingIn = ({ description: _description, id: _id, tags: _tags, ...rule }: Rule): string =>
  JSON.stringify(Object.entries(rule).sort(([a], [b]) => (a < b ? -1 : 1)));

/**
 * EC2 gives all rules of one call the same tags, so rules of different tags cannot be opened again in one call. What is
 * undone is undone newest first: the sets have an order that does not depend on ids, which change.
 */
function firstOfSameTags(rules: readonly Rule[]): readonly Rule[] {
  const first = rules.map((rule) => tagsOf([rule])).sort()[0];
  return rules.filter((rule) => tagsOf([rule]) === first);
}

function tagsOf([rule]: readonly Rule[]): string {
  const tags = Object.entries(rule?.tags ?? {}).map(([key, value]) => `${key}=${value}`);
  return tags.length === 0 ? '' : ` ${tags.join(' ')}`;
}
