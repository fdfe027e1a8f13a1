import { expect, test } from 'vitest';
import { unmarkedAfter } from '../../../src/cli/console/unmarked-after.ts';
import type { LeftUnmarked } from '../../../src/records/unfinished-lines.ts';

const leftover: LeftUnmarked = {
  id: 'SecretDeletion:Secret:shop/token',
  type: 'SecretDeletion',
  object: { apiVersion: 'v1', kind: 'Secret', name: 'token', namespace: 'shop' },
  run: 'run-1',
  says: 'the Secret and its backup were deleted',
};
const unread = [{ resource: 'runs', reason: 'journals of this machine: EACCES' }];
const settled = { receipts: [] };
const all = { what: 'all', within: undefined, accepted: undefined };
const answered = { what: [], within: undefined, accepted: [leftover] };

test('a revert of single faults does not read the journals', async () => {
  const engine = { unmarked: () => Promise.reject(new Error('read')) };
  expect(await unmarkedAfter(engine, { ...answered, accepted: undefined }, settled)).toEqual({
    unmarked: [],
    more: 0,
    unread: [],
  });
});

test('a revert of everything has counted what lost its marks, and the journals that it could not read', async () => {
  const engine = { unmarked: async () => ({ unmarked: [leftover], blind: unread }) };
  expect(await unmarkedAfter(engine, all, settled)).toEqual({ unmarked: [leftover], more: 0, unread: [] });
});

test('after the answer of a person what is left is counted', async () => {
  const engine = { unmarked: async () => ({ unmarked: [leftover], blind: [] }) };
  expect(await unmarkedAfter(engine, answered, settled)).toEqual({ unmarked: [leftover], more: 1, unread: [] });
});

test('journals that cannot be read after the answer are BLIND, and take nothing off what remains', async () => {
  const engine = { unmarked: async () => ({ unmarked: [], blind: unread }) };
  expect(await unmarkedAfter(engine, answered, settled)).toEqual({ unmarked: [], more: 0, unread });
});
