/** Breaks one line at spaces so that none is longer than `width` code points; a longer word is cut. */
export function wrap(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ').flatMap((long) => cut(long, width))) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (lengthOf(longer) <= width) {
      line = longer;
      continue;
    }
    lines.push(line);
    line = word;
  }
  return [...lines, line];
}

/** The first line beside `head`, all others below it; `head` is as wide as it looks, without colours. */
export function hanging(head: string, text: string, width: number): readonly string[] {
  const indent = ' '.repeat(lengthOf(head));
  return wrap(text, width - lengthOf(head)).map((line, index) => `${index === 0 ? head : indent}${line}`);
}

/** Shortens to `width` code points, with a sign that something is missing. */
export const shorten = (text: string, width: number): string =>
  lengthOf(text) <= width ? text : `${[...text].slice(0, width - 1).join('')}…`;

const lengthOf = (text: string): number => [...text].length;

function cut(word: string, width: number): readonly string[] {
  const letters = [...word];
  const pieces: string[] = [];
  for (let start = 0; start < letters.length; start += width) pieces.push(letters.slice(start, start + width).join(''));
  return pieces;
}
