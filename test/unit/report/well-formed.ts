/** Elements as `name` at their opening and `/name` at their closing, in order of the document. */
export const elements = (page: string): readonly string[] =>
  [...page.matchAll(/<(\/?[a-z][a-z0-9]*)/gi)].map(([, name = '']) => name);

const tag = /^<(\/?)([a-z][a-z0-9]*)((?:\s+[a-z][a-z0-9:-]*="[^"<>]*")*)\s*(\/?)>/i;

/**
 * What an XML parser would refuse: elements not closed or crossed, attributes not quoted or twice, and `<`, `>` or `&` that
 * is no markup. The page is written so that HTML and XML read the same.
 */
export function problemsOf(page: string): readonly string[] {
  const problems: string[] = [];
  const open: string[] = [];
  let rest = page.replace(/^<!doctype html>/, '').replace(/<style>[^<]*<\/style>/, '');
  while (rest !== '') {
    const text = /^[^<]*/.exec(rest)?.[0] ?? '';
    problems.push(...textProblems(text));
    rest = rest.slice(text.length);
    if (rest === '') break;
    const found = tag.exec(rest);
    if (found === null) return [...problems, `not a tag: ${rest.slice(0, 60)}`];
    problems.push(...attributeProblems(found[3] ?? ''), ...nestingProblems(found, open));
    rest = rest.slice(found[0].length);
  }
  return [...problems, ...open.map((name) => `${name} is not closed`)];
}

const textProblems = (text: string): readonly string[] =>
  text.includes('>') || /&(?!(?:amp|lt|gt|quot|#39);)/.test(text) ? [`not escaped: ${text.slice(0, 60)}`] : [];

function attributeProblems(attributes: string): readonly string[] {
  const names = [...attributes.matchAll(/([a-z:-]+)="/gi)].map(([, name = '']) => name);
  return [
    ...textProblems(attributes),
    ...names.filter((name, at) => names.indexOf(name) !== at).map((n) => `${n} twice`),
  ];
}

function nestingProblems([, closing, name = '', , selfClosing]: RegExpExecArray, open: string[]): readonly string[] {
  if (closing !== '/') {
    if (selfClosing !== '/') open.push(name);
    return [];
  }
  const expected = open.pop();
  return expected === name ? [] : [`</${name}> where </${expected}> was due`];
}
