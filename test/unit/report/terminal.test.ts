import { stripVTControlCharacters } from 'node:util';
import { describe, expect, test } from 'vitest';
import { exitCodes, UsageError } from '../../../cli/terminal/exit-codes.ts';
import type { LiveState } from '../../../cli/terminal/live-state.ts';
import { liveView } from '../../../cli/terminal/live-view.ts';
import { paintFor } from '../../../cli/terminal/paint.ts';

const state = (elapsedMs: number, change: Partial<LiveState> = {}): LiveState => ({
  elapsedMs,
  ordersPerSecond: 800,
  regions: [
    { name: 'eu-west-1', role: 'primary', state: 'serving', writesPerSecond: 798.6 },
    { name: 'eu-central-1', role: 'recovery', state: 'standby', writesPerSecond: 0 },
  ],
  ...change,
});

function fakeStream() {
  const chunks: string[] = [];
  return { chunks, write: (text: string) => chunks.push(text) };
}

const esc = '\u001b[';

describe('On a terminal', () => {
  const open = (columns = 80) => {
    const stream = fakeStream();
    return { stream, view: liveView(stream, { isTTY: true, columns }) };
  };

  test('the view is redrawn in place.', () => {
    const { stream, view } = open();
    view.update(state(0));
    view.update(state(100, { step: 'flip-dns', rtoClockMs: 1234 }));
    expect(stream.chunks[0]).toContain(`${esc}?25l`);
    expect(stream.chunks[0]?.match(/\n/g)).toHaveLength(5);
    expect(stream.chunks[1]?.startsWith(`${esc}5A\r`)).toBe(true);
    const lines = stripVTControlCharacters(stream.chunks[1] ?? '').split('\n');
    expect(lines.slice(0, 5)).toEqual([
      '\r00:00.1  800 orders/s',
      '● eu-west-1     primary   serving      799 writes/s  ▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇',
      '○ eu-central-1  recovery  standby        0 writes/s',
      'Step Flip DNS',
      'RTO  1.2 s',
    ]);
  });

  test('it is drawn at most ten times a second, and closing shows the last state.', () => {
    const { stream, view } = open();
    for (let elapsedMs = 0; elapsedMs < 1000; elapsedMs += 10) view.update(state(elapsedMs));
    expect(stream.chunks).toHaveLength(10);
    view.close();
    expect(stripVTControlCharacters(stream.chunks[10] ?? '')).toContain('00:00.9');
    expect(stream.chunks).toHaveLength(12);
  });

  test('the cursor comes back, once, and nothing is drawn after that.', () => {
    const { stream, view } = open();
    view.update(state(0));
    view.close();
    view.close();
    view.update(state(5000));
    expect(stream.chunks.filter((chunk) => chunk.includes(`${esc}?25h`))).toHaveLength(1);
    expect(stream.chunks.at(-1)).toBe(`${esc}?25h`);
  });

  test('a note stays above the view.', () => {
    const { stream, view } = open();
    view.update(state(0));
    view.note('Region lost\u001b[2J\n');
    const [first, ...rest] = (stream.chunks[1] ?? '').split('\n');
    expect(first).toBe(`${esc}5A\rRegion lost [2J${esc}K`);
    expect(rest).toHaveLength(6);
  });

  test.each([80, 40, 10, 1])('no line reaches the edge of %i columns, where it would wrap.', (columns) => {
    const { stream, view } = open(columns);
    view.update(state(0));
    const lines = stripVTControlCharacters(stream.chunks[0] ?? '').split('\n');
    expect(Math.max(...lines.map((line) => [...line].length))).toBeLessThan(columns);
  });
});

describe('In a log file', () => {
  const open = () => {
    const stream = fakeStream();
    return { stream, view: liveView(stream, { isTTY: false, columns: 80 }) };
  };
  const lost = state(300, {
    regions: [{ name: 'eu-west-1', role: 'primary', state: 'lost', writesPerSecond: 0 }],
    rtoClockMs: 0,
  });

  test('each change of step or Region is one plain line.', () => {
    const { stream, view } = open();
    view.update(state(0));
    view.update(state(100, { ordersPerSecond: 5 }));
    view.update(state(200, { step: 'promote' }));
    view.update(lost);
    view.update({ ...lost, elapsedMs: 400, rtoClockMs: 100 });
    expect(stream.chunks).toEqual([
      '00:00.0 · eu-west-1 serving 799 writes/s · eu-central-1 standby 0 writes/s\n',
      '00:00.2 · eu-west-1 serving 799 writes/s · eu-central-1 standby 0 writes/s · step Promote\n',
      '00:00.3 · eu-west-1 lost 0 writes/s · RTO 0.0 s\n',
    ]);
  });

  test('without a change there is one line every two seconds.', () => {
    const { stream, view } = open();
    for (let elapsedMs = 0; elapsedMs <= 6000; elapsedMs += 50) view.update(state(elapsedMs));
    expect(stream.chunks.map((chunk) => chunk.slice(0, 7))).toEqual(['00:00.0', '00:02.0', '00:04.0', '00:06.0']);
  });

  test('there are no control characters, also not at the end.', () => {
    const { stream, view } = open();
    view.update(state(125_300));
    view.note('done\u001b[2J');
    view.close();
    expect(stream.chunks[0]).toMatch(/^02:05\.3 /);
    expect(stream.chunks.slice(1)).toEqual(['done [2J\n']);
  });
});

describe('Colours', () => {
  test.each([
    { isTTY: true, env: {}, coloured: true },
    { isTTY: false, env: {}, coloured: false },
    { isTTY: true, env: { TERM: 'dumb' }, coloured: false },
    { isTTY: true, env: { NO_COLOR: '1' }, coloured: false },
    { isTTY: true, env: { NO_COLOR: '' }, coloured: true },
    { isTTY: false, env: { FORCE_COLOR: '1' }, coloured: true },
    { isTTY: true, env: { FORCE_COLOR: '0' }, coloured: false },
    { isTTY: true, env: { NO_COLOR: '1', FORCE_COLOR: '1' }, coloured: false },
  ])('are on ($coloured) with TTY $isTTY and $env', ({ isTTY, env, coloured }) => {
    expect(paintFor({ isTTY, env }).bad('x')).toBe(coloured ? `${esc}31mx${esc}39m` : 'x');
  });
});

test('Exit codes are what callers rely on, and a usage error carries its own.', () => {
  expect(exitCodes).toEqual({ met: 0, notMet: 1, usage: 2, interrupted: 130 });
  const error = new UsageError('unknown command');
  expect([error.name, error.exitCode, error.message]).toEqual(['UsageError', 2, 'unknown command']);
});
