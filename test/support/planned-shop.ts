import type { HttpAnswer, HttpRequest } from '../../shared/aws/outside.ts';
import type { Deps, Step, StepResult } from '../../shared/steps/contract.ts';
import { StepInput } from '../../shared/steps/contract.ts';
import { detect } from '../../shared/steps/detect.ts';
import { evaluate } from '../../shared/steps/evaluate.ts';
import { survey } from '../../shared/steps/survey.ts';
import { leased } from './leased.ts';
import type { Draft } from './sample-plan.ts';
import { application, primary, recovery } from './sample-run.ts';
import { type Shop, shop } from './shop.ts';

const queryUrl = { [primary.place]: 'https://primary.data.example', [recovery.place]: 'https://recovery.data.example' };
const gateUrl = /\/lease$/;

/** What the databases' query endpoints and the gates answer; a test changes it as the story goes on. */
export interface Answers {
  /** Positions of the two databases. */
  from: { position: string; writable: boolean; replica: boolean };
  to: { position: string; writable: boolean; replica: boolean };
  rows: { from: number; to: number };
  /** Chunks of one row each that only the Region being activated has, and how long it takes to read one. */
  chunks: { count: number; takeSeconds: number; answer: boolean };
  gateAnswers: boolean;
  readonly gateAsked: {
    readonly method: string;
    readonly url: string;
    readonly epoch: number;
    readonly until: number;
  }[];
}

export interface PlannedShop extends Omit<Shop, 'deps' | 'step'> {
  readonly answers: Answers;
  deps(region?: string): Deps;
  /** One invocation of one step of a switchover, as the failback machine does it. */
  step(step: Step, request?: object, runId?: string): Promise<StepResult>;
}

/** A shop whose primary writes under a lease, with a standby that has everything, ready for a switchover. */
export async function plannedShop(change: (plan: Draft) => void = () => {}): Promise<PlannedShop> {
  const all = await shop((plan) => {
    leased(plan);
    Object.assign(plan['policy'] as object, { failback: { stableSeconds: 60, freezeSecondsMax: 30 } });
    plan.resources.push({
      id: 'orders-rows',
      kind: 'data-comparison',
      positions: 'number',
      primary: { url: queryUrl.primary },
      recovery: { url: queryUrl.recovery },
    });
    change(plan);
  });
  const answers: Answers = {
    from: { position: '70', writable: false, replica: false },
    to: { position: '70', writable: false, replica: true },
    rows: { from: 3, to: 3 },
    chunks: { count: 0, takeSeconds: 0, answer: true },
    gateAnswers: true,
    gateAsked: [],
  };
  const http = async (request: HttpRequest): Promise<HttpAnswer> => {
    if (request.url.includes('/chunks')) await all.clock.sleep(answers.chunks.takeSeconds * 1000);
    return answerOf(answers, request);
  };
  const deps = (region: string = recovery.region): Deps => {
    const plain = all.deps(region);
    return { ...plain, outside: { ...plain.outside, http } };
  };
  const { clock, coordinationIn, world } = all;
  const { lease } = coordinationIn(primary.region);
  await lease.begin(application, { region: primary.region, epoch: 0 });
  await lease.renew(application, { region: primary.region, epoch: 0, expiresAt: 0 }, clock.now() + 14_000);
  for (let second = 1; second <= 60; second++) {
    world.cloudWatch(recovery.region).operations.PutMetricData({
      Namespace: 'Understudy',
      MetricData: [
        {
          MetricName: 'ProbeFailed',
          Dimensions: [
            { Name: 'Application', Value: application },
            { Name: 'Place', Value: primary.place },
          ],
          Timestamp: new Date(clock.now() - second * 1000),
          Value: 0,
          StorageResolution: 1,
        },
      ],
    });
  }
  const startedAt = new Date(clock.now()).toISOString();
  return {
    ...all,
    answers,
    deps,
    step: (step, request = {}, runId = 'run-1') => {
      const wanted = { application, purpose: 'switchover', ...request };
      return step.run(StepInput.parse({ machine: 'failback', runId, startedAt, request: wanted }), deps());
    },
  };
}

/** A switchover that is open and has looked at everything. */
export async function openedPlannedShop(change?: (plan: Draft) => void): Promise<PlannedShop> {
  const all = await plannedShop(change);
  await evaluate(all.plan, all.deps());
  for (const step of [detect, survey]) {
    const { status, why } = await all.step(step);
    if (status !== 'settled') throw new Error(`${step.id}: ${why}`);
  }
  return all;
}

function answerOf(answers: Answers, { body = '{}', method, url }: HttpRequest): HttpAnswer {
  if (gateUrl.test(url)) {
    const { epoch, expiresAt } = JSON.parse(body);
    answers.gateAsked.push({ method, url, epoch, until: expiresAt });
    return answers.gateAnswers ? ok({}) : { answered: false, why: 'the gate is silent' };
  }
  const side = url.startsWith(queryUrl.primary) ? 'from' : 'to';
  if (url.endsWith('/position')) return ok(answers[side]);
  const chunks = chunksOf(answers, side);
  const [, from] = /chunks\?from=(.*)$/.exec(url) ?? [];
  if (from !== undefined && !answers.chunks.answer) return { answered: false, why: 'the endpoint is silent' };
  if (from !== undefined) {
    const rows = side === 'to' && chunks.length > 1 ? [{ key: from, row: { key: from } }] : [];
    return ok({ rows });
  }
  const rows = chunks.reduce((sum, one) => sum + one.rows, 0);
  return ok({ tables: [{ table: 'orders', rows, checksum: String(rows), chunks }] });
}

function chunksOf({ chunks, rows }: Answers, side: 'from' | 'to') {
  if (chunks.count === 0) return [{ from: '', rows: rows[side], checksum: String(rows[side]) }];
  const single = Array.from({ length: chunks.count }, (_, index) => ({ from: `${index}`, rows: 1, checksum: '1' }));
  return side === 'to' ? single : [];
}

const ok = (body: object): HttpAnswer => ({ answered: true, status: 200, body: JSON.stringify(body) });
