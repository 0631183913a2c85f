import { type LoadClient, startLoadClient } from './load-client.ts';
import { lookupAt } from './lookup.ts';
import { Command, type Report } from './messages.ts';
import type { ClientSettings } from './settings.ts';

const PROGRESS_MS = 100;

/**
 * The entry of the load client, a process of its own so that the lab's event loop does not disturb what is measured.
 * Takes `Command`s over IPC and answers with `Report`s; ends after its result, or when the lab is gone.
 */
let client: LoadClient | undefined;

process.once('disconnect', () => process.exit(0));
process.on('message', (message) => {
  obey(message).catch((cause: unknown) => tell({ type: 'problem', why: String(cause) }, () => process.exit(1)));
});
tell({ type: 'ready' });

async function obey(message: unknown): Promise<void> {
  const command = Command.parse(message);
  if (command.type === 'start') start(command.settings);
  else await stop();
}

function start(settings: ClientSettings): void {
  if (client !== undefined) throw new Error('The load client is running already.');
  const started = startLoadClient(settings, lookupAt(settings.dnsServer, settings.name));
  client = started;
  setInterval(() => tell({ type: 'progress', progress: started.progress() }), PROGRESS_MS);
}

async function stop(): Promise<void> {
  if (client === undefined) throw new Error('The load client was never started.');
  const result = await client.stop();
  tell({ type: 'result', result }, () => process.exit(0));
}

/** `sent` is called when the message is out: a process that exits earlier would cut a long result. */
function tell(report: Report, sent: () => void = () => {}): void {
  process.send?.(report, undefined, undefined, sent);
}
