import type { Bill } from './bill.ts';
import type { Choice } from './choices.ts';
import { priceOf, pricesTakenOn } from './prices.ts';

export interface Costs {
  readonly application: string;
  readonly atRest: Bill;
  readonly choices: readonly Choice[];
  readonly dashboard: Bill;
  readonly perFailover: Bill;
  readonly beside: Bill;
}

/** What a plan-month may cost at rest, by the goals of the project. */
export const goalUsd = 3;

export function renderCosts({ application, atRest, beside, choices, dashboard, perFailover }: Costs): string {
  const verdict = atRest.usd <= goalUsd ? 'within' : 'above';
  return [
    `${application}: $${atRest.usd.toFixed(2)} a month at rest, ${verdict} the goal of $${goalUsd}${freeOf(atRest)}`,
    ...linesOf(atRest),
    '',
    'Other choices of the plan, a month:',
    ...choices.map(({ usd, what }) => `${signed(usd).padStart(10)}  ${what}`),
    '',
    `The dashboard, unless --dashboard off: $${dashboard.usd.toFixed(2)} a month${freeOf(dashboard)}`,
    '',
    `One failover: $${perFailover.usd.toFixed(4)}`,
    ...linesOf(perFailover, 6),
    '',
    `What you set up besides: $${beside.usd.toFixed(2)} a month${freeOf(beside)}`,
    ...linesOf(beside),
    '',
    `Prices as published for US East (N. Virginia), taken by hand on ${pricesTakenOn} from pricing and documentation pages,`,
    'not from a live price list; without tax and data transfer. Sources: --json.',
    '',
  ].join('\n');
}

const signed = (usd: number): string => `${usd < 0 ? '−' : '+'}$${Math.abs(usd).toFixed(2)}`;

const freeOf = ({ usdAfterFree }: Bill): string =>
  ` ($${usdAfterFree.toFixed(2)} where nothing else uses the free tier)`;

const linesOf = ({ lines }: Bill, digits = 2): readonly string[] =>
  lines.map(({ arithmetic, part, price, quantity, usd }) => {
    const amount = `$${usd.toFixed(digits)}`.padStart(10);
    const unit = `${Math.round(quantity).toLocaleString('en-US')} × $${short(priceOf(price).usd)}`;
    return `${amount}  ${part.padEnd(40)}${unit} (${arithmetic})`;
  });

const short = (usd: number): string => (usd >= 0.01 ? usd.toFixed(2) : usd.toPrecision(3));
