import { parseArgs } from 'node:util';
import type { Command } from '../command.ts';
import { billOf } from '../cost/bill.ts';
import { choicesOf } from '../cost/choices.ts';
import { prices, pricesTakenOn } from '../cost/prices.ts';
import { type Costs, goalUsd, renderCosts } from '../cost/render.ts';
import { usageAtRest } from '../cost/usage-at-rest.ts';
import { usageBeside, usageOfARun, usageOfTheDashboard } from '../cost/usage-of-a-run.ts';
import { readPlan } from '../read-plan.ts';
import { exitCodes, UsageError } from '../terminal/exit-codes.ts';

const help = `usage: understudy cost PLAN [--json]

The bill of what a plan deploys: a month at rest, one failover, and what you set up besides. From a table of
list prices with their sources, not from a live price list.

Exit codes: 0 the month at rest is within the goal of $${goalUsd}, 1 it is above, 2 wrong usage.
`;

export const cost: Command = {
  summary: 'say what a plan costs at rest and per failover, with the arithmetic',
  async run(args) {
    const { file, json, wantsHelp } = parse(args);
    if (wantsHelp) {
      process.stdout.write(help);
      return exitCodes.met;
    }
    const costs = await costsOf(file);
    const text = json ? `${JSON.stringify({ ...costs, prices, pricesTakenOn }, null, 2)}\n` : renderCosts(costs);
    process.stdout.write(text);
    return costs.atRest.usd <= goalUsd ? exitCodes.met : exitCodes.notMet;
  },
};

function parse(args: readonly string[]) {
  const options = { json: { type: 'boolean', default: false }, help: { type: 'boolean', default: false } } as const;
  try {
    const { positionals, values } = parseArgs({ args: [...args], options, allowPositionals: true });
    const [file = '', ...more] = positionals;
    if (!values.help && (file === '' || more.length > 0)) throw new Error('name one plan');
    return { file, json: values.json, wantsHelp: values.help };
  } catch (error) {
    throw new UsageError(`${error instanceof Error ? error.message : String(error)}\n\n${help}`);
  }
}

async function costsOf(file: string): Promise<Costs> {
  const plan = await readPlan(file);
  return {
    application: plan.application,
    atRest: billOf(usageAtRest(plan)),
    choices: choicesOf(plan),
    dashboard: billOf(usageOfTheDashboard),
    perFailover: billOf(usageOfARun(plan)),
    beside: billOf(usageBeside(plan)),
  };
}
