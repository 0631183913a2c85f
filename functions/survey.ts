import { survey } from '../shared/steps/survey.ts';
import { onStep } from './_lambda.ts';

export const handler = onStep(survey);
