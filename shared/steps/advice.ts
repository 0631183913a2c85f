import type { Purpose } from '../domain/run.ts';

const words: Readonly<Record<Purpose, string>> = {
  failover: 'start',
  failback: 'failback',
  switchover: 'switchover',
  reprotect: 'reprotect',
};

interface Advised {
  readonly application: string;
  readonly purpose: Purpose;
  readonly region: string;
}

/** The command that starts such a run, as somebody would type it: `understudy failback shop --region eu-west-1 --reason "…"`. */
export const commandFor = ({ application, purpose, region }: Advised, option = ''): string =>
  `understudy ${words[purpose]} ${application} --region ${region}${option} --reason "…"`;
