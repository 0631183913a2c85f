import aslValidator from 'asl-validator';
import { fillDefinition } from '../../lab/asl/definition.ts';
import { type Check, ensure } from '../check.ts';
import { substitutions } from '../substitutions.ts';

export const machines: Check = {
  id: 'asl-validator',
  claim: 'The state machines are valid Amazon States Language',
  async run({ packaged }) {
    for (const [name, text] of Object.entries(packaged.machines)) {
      const { errors, isValid } = aslValidator(fillDefinition(text, substitutions('eu-central-1')));
      ensure(isValid, `${name}: ${JSON.stringify(errors)}`);
    }
    return `${Object.keys(packaged.machines).join(', ')}: no finding`;
  },
};
