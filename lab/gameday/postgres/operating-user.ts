import { readFileSync } from 'node:fs';

/** An unprivileged user of the operating system. */
export interface OperatingUser {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
}

/**
 * The user that PostgreSQL runs as when the lab runs as root, which PostgreSQL refuses; undefined when the lab is not
 * root and PostgreSQL simply runs as the lab does. initdb looks its user up, so one without a passwd entry will not do.
 * @throws Error when root has nobody to turn to.
 */
export function unprivilegedUser(): OperatingUser | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const users = parsePasswd(readFileSync('/etc/passwd', 'utf8'));
  const chosen = users.find((user) => user.name === 'nobody') ?? users.find((user) => user.uid !== 0);
  if (chosen === undefined || chosen.uid === 0) {
    throw new Error(
      'PostgreSQL does not run as root and /etc/passwd names no other user. Add one, or run the lab as one.',
    );
  }
  return chosen;
}

/** The users of a passwd(5) file, in its order. */
export function parsePasswd(text: string): readonly OperatingUser[] {
  return text.split('\n').flatMap((line) => {
    const [name, , uid, gid] = line.split(':');
    return name && uid && gid ? [{ name, uid: Number(uid), gid: Number(gid) }] : [];
  });
}
