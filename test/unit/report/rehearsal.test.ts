import { describe, expect, it } from 'vitest';
import type { JournalNote } from '../../../shared/domain/journal.ts';
import { noPaint } from '../../../shared/report/paint.ts';
import { rehearsalOf, renderRehearsal } from '../../../shared/report/rehearsal.ts';
import { application, entriesOf, sampleRun } from '../../support/sample-run.ts';

const call = { service: 'ECS', command: 'UpdateService', at: 'eu-central-1', input: {} };
const undo = { type: 'set-desired' };
const of = (...notes: readonly Partial<JournalNote>[]) =>
  rehearsalOf({ application, run: sampleRun({ epoch: 8 }), entries: entriesOf(...notes) });

const scaled: readonly Partial<JournalNote>[] = [
  { step: 'scale', event: 'intended', resource: 'web', why: 'raise web', data: { action: undo, undo } },
  { step: 'scale', event: 'would-act', resource: 'web', why: 'raise web', data: { action: undo, undo, call } },
  { step: 'scale', event: 'settled', resource: 'web', why: 'would be done: raise web' },
];

describe('what a dry run has found', () => {
  it('names each act once, with its call and its undo', () => {
    expect(of(...scaled).lines).toEqual([
      { step: 'scale', resource: 'web', would: 'act', why: 'raise web', data: { action: undo, undo, call } },
    ]);
  });

  it('is told in the order of a run, whichever branch was faster', () => {
    const isolated = { step: 'isolate', event: 'settled', resource: 'web', why: 'nothing runs' } as const;
    expect(of(...scaled, isolated).lines.map(({ step, would }) => [step, would])).toEqual([
      ['isolate', 'already'],
      ['scale', 'act'],
    ]);
  });

  it('tells a wait of a step, and is no refusal for it', () => {
    const { lines, verdict } = of({ step: 'verify', event: 'would-wait', why: 'would be done after web (scale)' });
    expect(lines).toEqual([{ step: 'verify', would: 'wait', why: 'would be done after web (scale)' }]);
    expect(verdict).toBe('nothing-refused');
  });

  it('lists every refused resource, and not the step’s own line besides', () => {
    const { lines, verdict } = of(
      { step: 'survey', event: 'surveyed', resource: 'db', why: 'gone', refusal: 'replica-not-found' },
      { step: 'survey', event: 'surveyed', resource: 'web', why: 'gone', refusal: 'service-not-found' },
      { step: 'survey', event: 'step-finished', why: 'gone', refusal: 'replica-not-found' },
    );
    expect(lines.map(({ refusal, resource }) => [resource, refusal])).toEqual([
      ['db', 'replica-not-found'],
      ['web', 'service-not-found'],
    ]);
    expect(verdict).toBe('refused');
  });

  it('lists the refusal of a step that is about no resource', () => {
    const { lines } = of({ step: 'isolate', event: 'step-finished', why: 'open', refusal: 'isolation-unconfirmed' });
    expect(lines).toMatchObject([{ step: 'isolate', would: 'refuse', refusal: 'isolation-unconfirmed' }]);
  });

  it('lists a refusal of Detect, which opens no run and so has no journal', () => {
    const refusal = { step: 'detect', why: 'run a is already running', refusal: 'run-active' } as const;
    const rehearsal = rehearsalOf({ application, run: undefined, entries: [], refusal });
    expect(rehearsal).toMatchObject({ verdict: 'refused', fromRegion: null, epoch: null });
    expect(renderRehearsal(rehearsal, noPaint)).toContain('REFUSED run-active: run a is already running');
  });
});

describe('the text of it', () => {
  it('says that nothing was changed, what would be done, by which call, and the way back', () => {
    const text = renderRehearsal(of(...scaled), noPaint);
    expect(text).toContain('Dry run of shop, from eu-west-1 to eu-central-1 as epoch 8. Nothing was changed.');
    expect(text).toMatch(
      /1 {2}Scale +would · web: raise web\n +by ECS UpdateService \(eu-central-1\)\n +can be undone/,
    );
    expect(text).toContain('A run would not be refused now: 1 act.');
  });

  it('says so when something has no way back', () => {
    const data = { action: undo, undo: { irreversible: 'it stays' }, call };
    const text = renderRehearsal(of({ step: 'promote', event: 'would-act', resource: 'db', why: 'go', data }), noPaint);
    expect(text).toContain('no way back: it stays');
  });

  it('carries no control characters of what AWS has said', () => {
    const text = renderRehearsal(of({ step: 'scale', event: 'would-wait', why: 'a\u001b[31mb\nc' }), noPaint);
    expect(text).toContain('a [31mb c');
  });
});
