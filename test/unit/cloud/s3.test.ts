import {
  GetObjectCommand,
  NoSuchBucket,
  NoSuchKey,
  PutObjectCommand,
  type PutObjectCommandInput,
  S3Client,
} from '@aws-sdk/client-s3';
import { expect, test } from 'vitest';
import { bucketAt } from '../../../lab/cloud/s3.ts';
import { connect, makeBench, primary, recovery } from './support.ts';

function bench() {
  const { world } = makeBench();
  world.s3(primary).seedBucket({ name: 'claims', publicRead: true });
  const client = connect(S3Client, world, { region: primary });
  const put = (Body: string, condition: Partial<PutObjectCommandInput> = {}) =>
    client.send(new PutObjectCommand({ Bucket: 'claims', Key: 'orders', Body, ...condition }));
  const get = () => client.send(new GetObjectCommand({ Bucket: 'claims', Key: 'orders' }));
  return { world, client, put, get };
}

test('an object is read as it was written, with its MD5 as ETag and whole seconds as its time', async () => {
  const { get, put } = bench();
  const { ETag } = await put('hello');
  const { Body, ETag: read, LastModified } = await get();
  expect(await Body?.transformToString()).toBe('hello');
  expect([ETag, read]).toEqual(['"5d41402abc4b2a76b9719d911017c592"', '"5d41402abc4b2a76b9719d911017c592"']);
  expect((LastModified?.getTime() ?? 1) % 1000).toBe(0);
});

test('what is not there is told by name', async () => {
  const { client, get } = bench();
  await expect(get()).rejects.toBeInstanceOf(NoSuchKey);
  const elsewhere = new GetObjectCommand({ Bucket: 'other', Key: 'orders' });
  await expect(client.send(elsewhere)).rejects.toBeInstanceOf(NoSuchBucket);
});

test('a bucket lies in one Region', async () => {
  const { world } = bench();
  const client = connect(S3Client, world, { region: recovery });
  const command = new GetObjectCommand({ Bucket: 'claims', Key: 'orders' });
  await expect(client.send(command)).rejects.toBeInstanceOf(NoSuchBucket);
});

test('If-None-Match writes only what was not there', async () => {
  const { get, put } = bench();
  await put('first', { IfNoneMatch: '*' });
  await expect(put('second', { IfNoneMatch: '*' })).rejects.toMatchObject({
    name: 'PreconditionFailed',
    $metadata: { httpStatusCode: 412 },
  });
  expect(await (await get()).Body?.transformToString()).toBe('first');
});

test('If-Match writes only over what it names: 412 for another text, 404 for none', async () => {
  const { get, put } = bench();
  await expect(put('x', { IfMatch: '"5d41402abc4b2a76b9719d911017c592"' })).rejects.toBeInstanceOf(NoSuchKey);
  await put('hello');
  await expect(put('x', { IfMatch: '"00000000000000000000000000000000"' })).rejects.toMatchObject({
    name: 'PreconditionFailed',
  });
  await put('next', { IfMatch: '"5d41402abc4b2a76b9719d911017c592"' });
  expect(await (await get()).Body?.transformToString()).toBe('next');
});

test('strangers read what a policy opens, and are not told what is absent', async () => {
  const { put, world } = bench();
  world.s3(primary).seedBucket({ name: 'private' });
  const s3 = world.s3(primary);
  expect(s3.answerPublic('claims', 'orders').status).toBe(403);
  await put('open');
  expect(s3.answerPublic('claims', 'orders')).toEqual({ status: 200, body: 'open' });
  expect(s3.answerPublic('private', 'orders').status).toBe(403);
  expect(s3.answerPublic('nowhere', 'orders').status).toBe(404);
});

test.each([
  ['claims.s3.eu-west-1.amazonaws.com', { bucket: 'claims', region: 'eu-west-1' }],
  ['claims.s3.amazonaws.com', undefined],
  ['www.example.com', undefined],
])('%s', (hostname, expected) => {
  expect(bucketAt(hostname)).toEqual(expected);
});
