/** Which of some routing controls have to be on. `inverted` turns the answer round. */
export interface RuleConfig {
  readonly type: 'ATLEAST' | 'AND' | 'OR';
  readonly threshold?: number;
  readonly inverted?: boolean;
}

/**
 * An assertion rule holds for the states that an update would leave; a gating rule is a switch: only while its gating
 * controls fit may its targets change. Evaluation periods (WaitPeriodMs) are not simulated.
 * – r53recovery/latest/dg/routing-control.safety-rules.html
 */
export type SafetyRule = { readonly arn: string; readonly config: RuleConfig } & (
  | { readonly asserts: readonly string[] }
  | { readonly gatedBy: readonly string[]; readonly targets: readonly string[] }
);

type States = ReadonlyMap<string, boolean>;

export function violates(
  rule: SafetyRule,
  { after, before }: { readonly before: States; readonly after: States },
): boolean {
  const changes = (arn: string): boolean => before.get(arn) !== after.get(arn);
  if ('asserts' in rule) return rule.asserts.some(changes) && !fits(rule.config, rule.asserts, after);
  return rule.targets.some(changes) && !fits(rule.config, rule.gatedBy, before);
}

function fits({ inverted = false, threshold = 1, type }: RuleConfig, arns: readonly string[], states: States): boolean {
  const on = arns.filter((arn) => states.get(arn) === true).length;
  const needed = { ATLEAST: threshold, AND: arns.length, OR: 1 }[type];
  return on >= needed !== inverted;
}
