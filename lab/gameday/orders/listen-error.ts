const REASONS = new Map<string, (host: string) => string>([
  [
    'EADDRNOTAVAIL',
    (host) =>
      `${host} is no address of this machine. Linux has all of 127.0.0.0/8; on macOS add it with "sudo ifconfig lo0 alias ${host} up".`,
  ],
  [
    'ENOTSUP',
    () =>
      'This system cannot share one port among processes (SO_REUSEPORT with balancing). Run the lab on Linux, for example in a container.',
  ],
  ['EADDRINUSE', () => 'Another program holds this port without sharing it. End it or choose another port.'],
]);

/** Why the order service could not listen, with the remedy, in a sentence for the person who started the lab. */
export function explainListenError(cause: unknown, { host, port }: { readonly host: string; readonly port: number }) {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  const reason = REASONS.get(code)?.(host) ?? String(cause);
  return new Error(`The order service cannot listen on ${host}:${port}. ${reason}`, { cause });
}
