import type { Charged, DriftNote } from '../domain/drift.ts';
import { plainLine, plural } from './words.ts';

interface Drifted extends Charged {
  readonly notes: readonly (DriftNote & { readonly resource: string })[];
  readonly unseen: readonly string[];
}

/** For a terminal: each note with what the code believes, what is, and what to do. */
export function renderDrift({ atRest, inCharge, notes, unseen }: Drifted): string {
  const charge = `${inCharge.region} (${inCharge.place}) is in charge, ${atRest.region} (${atRest.place}) is at rest`;
  const count =
    notes.length === 0
      ? 'nothing was seen that infrastructure code believes wrongly'
      : `infrastructure code believes ${plural(notes.length, 'thing')} wrongly. Apply nothing before you have been through them`;
  const silent = unseen.map((one) => `not seen: ${plainLine(one)}\n`).join('');
  return `${charge}\n${count}\n${notes.map(noteText).join('')}${silent === '' ? '' : `\n${silent}`}`;
}

function noteText(note: DriftNote & { readonly resource: string }): string {
  const lines = [
    plainLine(`${note.resource}: ${note.object}`),
    field('believed', note.believes),
    field('is', note.is),
    field('next apply', note.danger),
    ...note.terraform.map((line, index) => field(index === 0 ? 'Terraform' : '', line)),
    ...note.cloudFormation.map((line, index) => field(index === 0 ? 'CloudFormation' : '', line)),
  ];
  return `\n${lines.join('\n')}\n`;
}

const field = (name: string, text: string): string => `  ${name.padEnd(14)}  ${plainLine(text)}`;
