import { describe, expect, it } from 'vitest';
import { surveyedEntries, surveyedFacts } from '../../../shared/domain/surveyed.ts';
import { entriesOf } from '../../support/sample-run.ts';
import { noon } from '../../support/virtual-clock.ts';

const saw = (resource: string, phase: string, facts?: unknown) => ({
  event: 'surveyed' as const,
  step: 'survey' as const,
  resource,
  data: { phase, verdict: 'act', ...(facts === undefined ? {} : { facts }) },
});

describe('what a survey has left in the journal', () => {
  it('is told with the line that has it; a look that failed has left none, and other lines carry other data', () => {
    const entries = entriesOf(
      saw('db', 'promote', 1),
      { event: 'surveyed', resource: 'db' },
      { event: 'intended', resource: 'db', data: { phase: 'promote' } },
    );
    expect(surveyedEntries(entries)).toEqual([{ phase: 'promote', verdict: 'act', facts: 1, entry: entries[0] }]);
  });

  it('is known by phase, of one resource, as it was seen first', () => {
    const entries = entriesOf(
      saw('web', 'scale', 'of another'),
      saw('db', 'isolate'),
      saw('db', 'isolate', 'answered at last'),
      saw('db', 'promote', 'before'),
      saw('db', 'promote', 'after'),
    );
    expect(surveyedFacts(entries, 'db')).toEqual({
      isolate: { at: noon + 2, facts: 'answered at last' },
      promote: { at: noon + 3, facts: 'before' },
    });
    expect(surveyedFacts([], 'db')).toEqual({});
  });
});
