import { describe, expect, test } from 'vitest';
import { RECORD_KEY, readOrMakeRecordKey, readRecordKey } from '../../src/safety/record-key.ts';
import { failing, fakeApi } from '../support/fake-api.ts';
import { fakeClock } from '../support/fake-clock.ts';

const BYTES = Buffer.alloc(32, 5);
const keySecret = (bytes: Uint8Array) => ({
  ...RECORD_KEY,
  metadata: { name: RECORD_KEY.name, namespace: RECORD_KEY.namespace ?? '' },
  data: { key: Buffer.from(bytes).toString('base64') },
});
const isKey = ({ kind, name }: { kind: string; name?: string }) => kind === 'Secret' && name === RECORD_KEY.name;
const random = () => BYTES;

describe('the key of the records', () => {
  test('is read', async () => {
    expect(await readRecordKey(fakeApi([keySecret(BYTES)]), fakeClock())).toEqual({ key: BYTES });
  });

  test('is read again where an answer fails, and is not given up for one', async () => {
    const api = fakeApi([keySecret(BYTES)]);
    api.script({ on: isKey, times: 2, answer: failing('server-error', 'etcdserver: leader changed') });
    expect(await readRecordKey(api, fakeClock())).toEqual({ key: BYTES });
  });

  test('that cannot be read now says so, and may be read later', async () => {
    const api = fakeApi([keySecret(BYTES)]);
    api.script({ on: isKey, times: 3, answer: failing('server-error', 'etcdserver: leader changed') });
    const read = await readRecordKey(api, fakeClock());
    expect(read).toMatchObject({
      why: 'Secret mayday-system/mayday-record-key could not be read: etcdserver: leader changed',
    });
    expect(await (read.key === undefined ? read.again?.() : undefined)).toEqual({ key: BYTES });
  });

  test('that is missing, refused or no key says which, and is not read again and again', async () => {
    const refused = fakeApi([keySecret(BYTES)]);
    refused.script({ on: isKey, times: 9, answer: failing('forbidden', 'no') });
    const reads = [fakeApi(), refused, fakeApi([keySecret(Buffer.from('short'))])].map(api =>
      readRecordKey(api, fakeClock()),
    );
    const named = 'Secret mayday-system/mayday-record-key';
    expect(await Promise.all(reads)).toEqual([
      { why: `there is no ${named}`, isAbsent: true },
      { why: `${named} may not be read: no` },
      { why: `${named} does not hold a key of 32 bytes` },
    ]);
    expect(refused.log).toHaveLength(1);
  });

  test('is made where there is none', async () => {
    const api = fakeApi();
    expect(await readOrMakeRecordKey(api, fakeClock(), random)).toEqual({ key: BYTES });
    expect(api.peek(RECORD_KEY)).toMatchObject({ immutable: true });
  });

  test('is made by another process first: theirs counts', async () => {
    const api = fakeApi();
    const theirs = Buffer.alloc(32, 9);
    const create: typeof api.create = object => {
      if (object.kind === 'Secret') api.put(keySecret(theirs));
      return api.create(object);
    };
    expect(await readOrMakeRecordKey({ ...api, create }, fakeClock(), random)).toEqual({ key: theirs });
    expect(api.log.map(({ verb }) => verb)).toEqual(['get', 'create', 'get']);
  });

  test('whose creation was answered by nobody is there all the same', async () => {
    const api = fakeApi();
    api.script({
      on: request => request.verb === 'create' && isKey(request),
      times: 1,
      when: 'after',
      answer: failing('unreachable', 'read ECONNRESET'),
    });
    expect(await readOrMakeRecordKey(api, fakeClock(), random)).toEqual({ key: BYTES });
  });

  test('is not made by somebody who may not read whether there is one', async () => {
    const api = fakeApi();
    api.script({ on: isKey, times: 1, answer: failing('forbidden', 'no') });
    expect((await readOrMakeRecordKey(api, fakeClock(), random)).key).toBeUndefined();
    expect(api.log.filter(({ verb }) => verb === 'create')).toEqual([]);
  });
});
