import { type Exception, exceptions, judgeCall } from '../../lab/checkers/path-rules.ts';
import type { ApiCall } from '../../lab/cloud/history.ts';
import type { Walked } from '../../lab/independence/scenes.ts';
import type { SentCommand } from './commands.ts';

export interface Verdict {
  readonly calls: number;
  /** Each with how many calls needed it. */
  readonly excepted: readonly { readonly exception: Exception; readonly calls: number }[];
  /** Accepted by the plan of a scene, in words. */
  readonly accepted: readonly string[];
  /** Anything here means: not independent, or not known to be. */
  readonly problems: readonly string[];
}

type JudgedCall = Pick<ApiCall, 'caller' | 'service' | 'command' | 'endpointRegion'>;

/** What the scenes must have walked between them. */
export interface ToWalk {
  readonly commands: readonly SentCommand[];
  readonly steps: readonly string[];
}

/** Judges every call of every scene, and demands that no command of the code and no step is left out. */
export function verdictOn(walked: readonly Walked[], { commands, steps }: ToWalk): Verdict {
  const judged = walked.flatMap(({ calls, path, scene }) =>
    calls.map((call) => ({ scene, call, judgement: judgeCall(call, path) })),
  );
  const forbidden = judged.flatMap(({ call, judgement, scene }) =>
    judgement.verdict === 'forbidden' ? [`${wordsOf(call)}: ${judgement.why} (${scene})`] : [],
  );
  const accepted = judged.flatMap(({ call, judgement, scene }) => {
    const [traffic] = scene.split(':');
    return judgement.verdict === 'accepted' ? [`${traffic}: ${judgement.controlPlane}, for ${wordsOf(call)}`] : [];
  });
  return {
    calls: judged.length,
    excepted: exceptions.map((exception) => ({
      exception,
      calls: judged.filter((one) => one.judgement.verdict === 'excepted' && one.judgement.exception === exception)
        .length,
    })),
    accepted: [...new Set(accepted)],
    problems: [
      ...new Set([...forbidden, ...leftOut(walked, commands), ...unwalked(walked, steps), ...strayed(walked)]),
    ],
  };
}

const wordsOf = ({ caller, command, endpointRegion, service }: JudgedCall): string =>
  `${caller} ${service} ${command} in ${endpointRegion}`;

/** A scene that did not end as it should has not walked what it was to walk. */
const strayed = (walked: readonly Walked[]): readonly string[] =>
  walked.flatMap(({ ended, scene, shouldEnd, urlsLeft }) => [
    ...(ended === shouldEnd ? [] : [`the scene ${scene} ended as ${ended}, not as ${shouldEnd}`]),
    ...urlsLeft.map((url) => `${url}: the application in the Region being left (${scene})`),
  ]);

/** Nobody knows where a command goes that no scene has sent. */
function leftOut(walked: readonly Walked[], commands: readonly SentCommand[]): readonly string[] {
  const sent = new Set(walked.flatMap(({ calls }) => calls.map(({ command, service }) => `${service} ${command}`)));
  const unsent = commands.filter(({ command, service }) => !sent.has(`${service} ${command}`));
  return unsent.map(({ command, file, service }) => {
    const remedy = 'let a scene of lab/independence/scenes.ts send it';
    return `${service} ${command} of ${file} was sent in no scene, so nobody knows where it goes: ${remedy}`;
  });
}

function unwalked(walked: readonly Walked[], steps: readonly string[]): readonly string[] {
  const callers = new Set(walked.flatMap(({ calls }) => calls.map(({ caller }) => caller)));
  return steps.filter((step) => !callers.has(step)).map((step) => `no scene comes to the step ${step}`);
}
