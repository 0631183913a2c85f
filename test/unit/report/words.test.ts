import { describe, expect, test } from 'vitest';
import { hanging, shorten, wrap } from '../../../shared/report/text/wrap.ts';
import { duration, milliseconds, plainLine, relativeTime, stepTitle } from '../../../shared/report/words.ts';

test.each([
  [null, 'not measured'],
  [0, '0 s'],
  [0.0004, '0 s'],
  [1.25, '1.25 s'],
  [59.9994, '59.999 s'],
  [60, '1 min'],
  [90.5, '1 min 30.5 s'],
  [5400, '1 h 30 min'],
])('%s seconds read as %s.', (seconds, words) => {
  expect(duration(seconds)).toBe(words);
});

test.each([
  [0, '+0.000 s'],
  [312, '+0.312 s'],
  [-1500, '−1.500 s'],
])('%s ms after the loss reads as %s.', (ms, words) => {
  expect(relativeTime(ms)).toBe(words);
});

test('What was not measured is not a number of milliseconds.', () => {
  expect(milliseconds(null)).toBe('not measured');
  expect(milliseconds(1500)).toBe('1,500 ms');
});

test.each([
  ['flip-dns', 'Flip DNS'],
  ['lab', 'Lab'],
  ['constructor', 'Constructor'],
])('The step %s is headed %s.', (step, title) => {
  expect(stepTitle(step)).toBe(title);
});

test('A line of foreign origin can neither move the cursor nor break the line nor turn the text round.', () => {
  expect(plainLine(' a\u001b[2J\r\nb\u202ec\u0000\ud800 ')).toBe('a [2J b c \ufffd');
});

describe('wrap', () => {
  test.each([
    ['', 10, ['']],
    ['one two three', 7, ['one two', 'three']],
    ['exactly', 7, ['exactly']],
    ['one two', 6, ['one', 'two']],
    ['a verylongword b', 6, ['a', 'verylo', 'ngword', 'b']],
  ])('%j in %i columns', (text, width, lines) => {
    expect(wrap(text, width)).toEqual(lines);
  });

  test('What hangs below is indented by the width of the head.', () => {
    expect(hanging('I1  ', 'one two three', 11)).toEqual(['I1  one two', '    three']);
  });

  test('What is shortened says so.', () => {
    expect([shorten('abcdef', 6), shorten('abcdefg', 6)]).toEqual(['abcdef', 'abcde…']);
  });
});
