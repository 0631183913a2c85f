import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));

/**
 * What the steps of a failover, and what starts it, are made of. Probes, guards, evaluations and planned runs go on
 * beside it.
 */
const onThePath = ['shared/kinds/*/aws*.ts', 'shared/{coordination,channels,start}/*.ts', 'shared/signals/alarms.ts'];

const besideThePath = new Set([
  // Only the command line of a person uses it.
  'shared/start/find-machine.ts',
  // Only planned runs do: both Regions are well then, and a replica of one in the other needs both.
  'shared/kinds/rds-read-replica/aws-reverse.ts',
]);

/** The document client has shorter words for commands. */
const longNames: Readonly<Record<string, string>> = {
  GetCommand: 'GetItem',
  PutCommand: 'PutItem',
  UpdateCommand: 'UpdateItem',
  DeleteCommand: 'DeleteItem',
};

export interface SentCommand {
  readonly file: string;
  readonly service: string;
  readonly command: string;
}

/** Every command that code on the critical path imports, whether a scene reaches it or not. */
export function commandsOnThePath(): readonly SentCommand[] {
  return globSync(onThePath, { cwd: root })
    .filter((file) => !besideThePath.has(file))
    .sort()
    .flatMap((file) => commandsIn(file, readFileSync(`${root}${file}`, 'utf8')));
}

export function commandsIn(file: string, text: string): readonly SentCommand[] {
  const imports = [...text.matchAll(/import \{([^}]+)\} from '@aws-sdk\/([^']+)'/g)];
  return imports.flatMap(([, names = '', from = '']) => {
    const isDocuments = from === 'lib-dynamodb';
    const service = isDocuments ? 'DynamoDB' : (/\b(\w+)Client\b/.exec(names)?.[1] ?? from);
    const words = [...names.matchAll(/\b(?:paginate(\w+)|([A-Z]\w+)Command)\b(?!Input|Output)/g)];
    return words.map(([, paginated, sent = '']) => ({
      file,
      service,
      command: paginated ?? (isDocuments ? (longNames[`${sent}Command`] ?? sent) : sent),
    }));
  });
}
