/** A state machine that the engine cannot run as AWS would: better no run than another one. */
export class UnsupportedDefinition extends Error {
  override readonly name = 'UnsupportedDefinition';
}

type Json = Readonly<Record<string, unknown>>;

export interface State extends Json {
  readonly Type: string;
}

export interface NamedState {
  readonly name: string;
  readonly state: State;
}

const stateTypes: readonly string[] = ['Task', 'Parallel', 'Map', 'Pass', 'Wait', 'Choice', 'Succeed', 'Fail'];

/** Above this, timers of JavaScript fire at once. */
const timeoutSecondsMax = 2_147_483;

/**
 * Fills `${Placeholder}` in the text of a definition, as CloudFormation's DefinitionSubstitutions does, and parses it.
 * @throws UnsupportedDefinition when a placeholder stays open
 */
export function fillDefinition(text: string, substitutions: Readonly<Record<string, string>>): object {
  const filled = text.replaceAll(/\$\{(\w+)\}/g, (_, name: string) => {
    const value = substitutions[name];
    if (value === undefined) throw new UnsupportedDefinition(`Nothing fills the placeholder \${${name}}`);
    return JSON.stringify(value).slice(1, -1);
  });
  return JSON.parse(filled) as object;
}

/** All states, those inside Parallel and Map included. */
export function allStates(definition: object): readonly NamedState[] {
  const states = (definition as { States?: Record<string, State> }).States ?? {};
  return Object.entries(states).flatMap(([name, state]) => [
    { name, state },
    ...innerDefinitions(state).flatMap((inner) => allStates(inner)),
  ]);
}

const innerDefinitions = (state: State): readonly object[] => {
  const { Branches, ItemProcessor, Iterator } = state as {
    Branches?: object[];
    ItemProcessor?: object;
    Iterator?: object;
  };
  return [...(Branches ?? []), ...(ItemProcessor ? [ItemProcessor] : []), ...(Iterator ? [Iterator] : [])];
};

/** @throws UnsupportedDefinition for what the engine would silently run in another way than AWS */
export function assertSupported(definition: object): void {
  const states = allStates(definition);
  const names = states.map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw new UnsupportedDefinition(`Two states are named ${twice}`);
  const open = JSON.stringify(definition).match(/\$\{\w+\}/);
  if (open !== null) throw new UnsupportedDefinition(`Nothing fills the placeholder ${open[0]}`);
  assertLanguage('The machine', definition as Json);
  assertTimeout('The machine', (definition as Json)['TimeoutSeconds']);
  for (const named of states) assertState(named);
}

function assertState({ name, state }: NamedState): void {
  assertLanguage(name, state);
  if (!stateTypes.includes(state.Type)) throw new UnsupportedDefinition(`${name} is of unknown type ${state.Type}`);
  if (/\$\$\.State\.(?!Name)/.test(JSON.stringify(state))) {
    throw new UnsupportedDefinition(`${name} reads more of $$.State than its Name`);
  }
  // Written out, the default means something else to the engine.
  if (state['ResultPath'] === '$') throw new UnsupportedDefinition(`${name} says ResultPath $: leave it out instead`);
  const mode = (state['ItemProcessor'] as { ProcessorConfig?: { Mode?: string } } | undefined)?.ProcessorConfig?.Mode;
  if (mode === 'DISTRIBUTED') throw new UnsupportedDefinition(`${name} is a distributed Map`);
  if (state.Type !== 'Task') return;
  const { TimeoutSeconds, TimeoutSecondsPath, Resource } = state as Record<string, unknown>;
  if (TimeoutSeconds === undefined && TimeoutSecondsPath === undefined) {
    throw new UnsupportedDefinition(`${name} has no TimeoutSeconds: the engine would end it after 60 s`);
  }
  assertTimeout(name, TimeoutSeconds);
  if (String(Resource).includes('.waitForTaskToken')) throw new UnsupportedDefinition(`${name} waits for a task token`);
}

function assertLanguage(where: string, part: Json): void {
  const unsupported = ['Assign', 'Output', 'Arguments', 'HeartbeatSeconds', 'HeartbeatSecondsPath'].find(
    (key) => key in part,
  );
  if (unsupported !== undefined) throw new UnsupportedDefinition(`${where} uses ${unsupported}`);
  if (part['QueryLanguage'] === 'JSONata') throw new UnsupportedDefinition(`${where} uses JSONata`);
}

function assertTimeout(where: string, seconds: unknown): void {
  if (typeof seconds === 'number' && seconds > timeoutSecondsMax) {
    throw new UnsupportedDefinition(
      `${where} has a timeout above ${timeoutSecondsMax} s: the engine would end it at once`,
    );
  }
}
