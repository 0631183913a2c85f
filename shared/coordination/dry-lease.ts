import { Leashed } from '../domain/leashed.ts';
import type { LeaseStore } from '../domain/ports.ts';
import { openLease } from './lease.ts';
import type { Table } from './table.ts';

/** The lease as a dry run sees it: read as it is, and every change held on the leash like those of any resource. */
export function openDryLease(table: Table, region: string): LeaseStore {
  const stopped = (command: string) => async (): Promise<never> => {
    throw new Leashed({ service: 'write lease', command, at: region });
  };
  return {
    read: openLease(table).read,
    begin: stopped('begin'),
    renew: stopped('renew'),
    claim: stopped('claim'),
    seal: stopped('seal'),
    release: stopped('release'),
    grant: stopped('grant'),
    giveBack: stopped('give back'),
    inherit: stopped('inherit'),
  };
}
