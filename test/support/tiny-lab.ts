import { closeOnSignals } from '../../lab/gameday/processes/close-on-signals.ts';
import { openWorkplace } from '../../lab/gameday/processes/workplace.ts';

/**
 * A lab of one child and one grandchild that left its parent's session, as PostgreSQL's backends do. It prints one line
 * of JSON with its directory and their pids, and then waits for whatever the test does to it.
 */
const GRANDCHILD = `setInterval(() => {}, 1000)`;
const CHILD = `
  const { spawn } = require('node:child_process');
  const grandchild = spawn(process.execPath, ['-e', ${JSON.stringify(GRANDCHILD)}], { detached: true, stdio: 'ignore' });
  process.on('SIGTERM', () => {});
  process.stdout.write(String(grandchild.pid));
`;

const workplace = await openWorkplace();
closeOnSignals(workplace);
const child = workplace.spawn({
  name: 'child',
  region: 'eu-west-1',
  command: process.execPath,
  args: ['-e', CHILD],
  stdio: ['ignore', 'pipe', 'ignore'],
});
child.child.stdout?.once('data', (grandchildPid: Buffer) => {
  const pids = [child.pid, Number(grandchildPid.toString())];
  process.stdout.write(`${JSON.stringify({ directory: workplace.directory, pids })}\n`);
});
setInterval(() => undefined, 1_000);
