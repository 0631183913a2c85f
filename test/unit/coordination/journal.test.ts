import { describe, expect, it } from 'vitest';
import { firstBreak } from '../../../shared/coordination/hash-chain.ts';
import { primary, recovery, sampleNote } from '../../support/sample-run.ts';
import { smallWorld, tableName } from '../../support/small-world.ts';
import { noon } from '../../support/virtual-clock.ts';

describe('the journal', () => {
  it('is empty before its first line', async () => {
    expect(await smallWorld().coordinationIn(recovery.region).journal.read('run-1')).toEqual([]);
  });

  it('gives back, in the other Region too, exactly what it answered when the line was written', async () => {
    const { clock, coordinationIn } = smallWorld();
    const { journal } = coordinationIn(recovery.region);
    const data = { facts: { lagSamples: [], ratio: 0.1, name: 'ä 🐘', empty: '', none: null, gone: undefined } };
    const first = await journal.append(sampleNote({ resource: 'a', data }));
    clock.advance(1500);
    const second = await journal.append(sampleNote({ event: 'refused', refusal: 'capacity-unknown' }));
    expect(await coordinationIn(primary.region).journal.read('run-1')).toEqual([first, second]);
    expect(first).toMatchObject({ sequence: 1, at: noon, writtenIn: recovery.region });
    expect(second).toMatchObject({ sequence: 2, at: noon + 1500, previousHash: first.hash });
  });

  it('keeps no secret, whoever has told it; the rows of an old primary stay as they are', async () => {
    const { coordinationIn, world } = smallWorld();
    const { journal } = coordinationIn(recovery.region);
    const key = `AKIA${'A'.repeat(16)}`;
    const why = `403 from postgres://shop:hunter2@orders.example/db for ${key}`;
    await journal.append(sampleNote({ why, data: { facts: { answer: why } } }));
    const rows = [{ table: 'orders', key: '1', row: { note: key } }];
    await journal.append(sampleNote({ event: 'reconciled', data: { rows } }));
    const [told, reconciled] = await journal.read('run-1');
    expect(JSON.stringify(told)).not.toMatch(/hunter2|AKIA/);
    expect(told?.why).toContain('[a URL with a password]');
    expect(reconciled?.data).toEqual({ rows });
    expect(firstBreak(await journal.read('run-1'))).toBeUndefined();
    expect(JSON.stringify(world.dynamoDb.items(tableName))).not.toContain('hunter2');
  });

  it('keeps the runs apart', async () => {
    const { journal } = smallWorld().coordinationIn(recovery.region);
    await journal.append(sampleNote());
    expect(await journal.append(sampleNote({ runId: 'run-10' }))).toMatchObject({ sequence: 1 });
    expect(await journal.append(sampleNote())).toMatchObject({ sequence: 2 });
    expect((await journal.read('run-1')).length).toBe(2);
  });

  it('is one order without gaps when parallel branches of several processes write at the same time', async () => {
    const { coordinationIn } = smallWorld();
    const [one, two] = [coordinationIn(recovery.region), coordinationIn(primary.region)];
    const writers = [one, two].flatMap(({ journal }) => Array.from({ length: 10 }, () => journal));
    await Promise.all(writers.map((journal, index) => journal.append(sampleNote({ why: String(index) }))));
    const entries = await one.journal.read('run-1');
    expect(entries.map(({ sequence }) => sequence)).toEqual(Array.from({ length: 20 }, (_, index) => index + 1));
    expect(new Set(entries.map(({ why }) => why)).size).toBe(20);
    expect(firstBreak(entries)).toBeUndefined();
  });

  it('holds the line once although the answer was lost and the SDK client wrote it again', async () => {
    const { coordinationIn, world } = smallWorld();
    let lost = 0;
    world.intercept = (call) => (call.mutating && lost++ === 0 ? 'lost-answer' : undefined);
    const { journal } = coordinationIn(recovery.region, { maxAttempts: 2 });
    const entry = await journal.append(sampleNote());
    expect(await journal.read('run-1')).toEqual([entry]);
    expect(lost).toBe(2);
  });

  it('goes on after a line that could not be written', async () => {
    const { coordinationIn, world } = smallWorld();
    const { journal } = coordinationIn(recovery.region);
    await journal.append(sampleNote());
    world.network.cut(recovery.region, recovery.region);
    await expect(journal.append(sampleNote())).rejects.toMatchObject({ name: 'TransientError' });
    world.network.heal(recovery.region, recovery.region);
    expect(await journal.append(sampleNote())).toMatchObject({ sequence: 2 });
  });

  it('is read over several pages when it is longer than one', async () => {
    const { journal } = smallWorld().coordinationIn(recovery.region);
    const data = 'x'.repeat(300_000);
    for (let line = 0; line < 5; line++) await journal.append(sampleNote({ data }));
    const entries = await journal.read('run-1');
    expect(entries.length).toBe(5);
    expect(firstBreak(entries)).toBeUndefined();
  });
});
