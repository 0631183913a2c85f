import { act, type Decision, refuse, settled, wait } from '../../domain/decision.ts';
import type { Goal, Undo } from '../contract.ts';
import type { Spec } from './spec.ts';

/** One inbound rule: all that EC2 takes to open it again as it was. Its id is new then. */
export interface Rule {
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

/** Of the security group in the Region being left: its inbound rules, by id. */
export interface Facts {
  readonly rules: 'absent' | 'unanswered' | readonly Rule[];
}

export interface Action {
  /** Names the verb and the tags of the rules: each set of rules is revoked, and opened again, by a call of its own. */
  readonly type: string;
  readonly verb: 'revoke' | 'authorize';
  readonly securityGroup: string;
  readonly rules: readonly Rule[];
}

/** Amazon EC2 User Guide, "Security group connection tracking"; why a closed door proves nothing, see the README. */
const tracked = 'connections that were established before are tracked and go on';

export function check({ run }: Goal, spec: Spec, { rules }: Facts): Decision<Action> {
  const { securityGroup } = spec[run.from.place];
  const where = `${securityGroup} in ${run.from.region}`;
  if (rules === 'unanswered') return wait(`${where} does not answer: the door is not known to be closed`, 1);
  if (rules === 'absent') return refuse('fence-unusable', `${where} does not exist; correct the plan`);
  const set = firstOfSameTags(rules);
  if (set.length === 0) {
    return settled(`${where} lets no new connection in; ${tracked}, so this alone does not show that nobody writes`);
  }
  const action: Action = { type: `revoke${tagsOf(set)}`, verb: 'revoke', securityGroup, rules: set };
  return act(action, `close ${where} to new connections: revoke ${set.length} of ${rules.length} inbound rules`);
}

/** Exactly the rules that were revoked, with their descriptions and tags. */
export function undo({ rules, securityGroup }: Action, _before: Facts): Undo<Action> {
  return { type: `authorize${tagsOf(rules)}`, verb: 'authorize', securityGroup, rules };
}

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
