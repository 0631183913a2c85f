import { html, type Markup } from './markup.ts';
import { style } from './style.ts';

/** The whole document. The policy in its head is the proof that it loads nothing and runs nothing. */
export const documentOf = (title: string, main: Markup): Markup => html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8"/>
<meta name="viewport" content="width=device-width, initial-scale=1"/>
<meta name="color-scheme" content="light dark"/>
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'"/>
<title>${title}</title>
<style>${{ markup: style }}</style>
</head>
<body>
<main>
${main}
</main>
</body>
</html>
`;
