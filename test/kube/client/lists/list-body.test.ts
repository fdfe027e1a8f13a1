import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { listBody } from '../../../../src/kube/client/lists/list-body.ts';

async function* inPieces(text: string, size: number): AsyncGenerator<Buffer> {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

/** What is handed over item by item, and what the text that is left holds. */
async function read(text: string, size = 64) {
  const handed: unknown[] = [];
  const left = JSON.parse(await listBody(inPieces(text, size), { item: value => handed.push(value) }));
  return { handed, left };
}

const pod = (name: string, more: object = {}) => ({ metadata: { name }, spec: { ...more } });
const podList = (items: readonly object[], metadata: object = { resourceVersion: '7', continue: 'more' }) =>
  JSON.stringify({ kind: 'PodList', apiVersion: 'v1', metadata, items });

describe('a list that is read while it comes', () => {
  it('hands over all items but the last, and leaves a list with the rest', async () => {
    const items = ['a', 'b', 'c'].map(name => pod(name));
    const { handed, left } = await read(podList(items));
    expect(handed).toEqual(items.slice(0, 2));
    expect(left).toEqual({
      kind: 'PodList',
      apiVersion: 'v1',
      metadata: { resourceVersion: '7', continue: 'more' },
      items: [items[2]],
    });
  });

  it('keeps members that come after the items, as lists of custom resources have them', async () => {
    const items = [1, 2, 3].map(size => ({
      apiVersion: 'shop/v1',
      kind: 'Basket',
      metadata: { name: `b${size}` },
      size,
    }));
    const text = JSON.stringify({ apiVersion: 'shop/v1', items, kind: 'BasketList', metadata: { continue: 'x' } });
    const { handed, left } = await read(text);
    expect(handed).toEqual(items.slice(0, 2));
    expect(left).toEqual({ apiVersion: 'shop/v1', items: [items[2]], kind: 'BasketList', metadata: { continue: 'x' } });
  });

  it('takes no object inside of an item for an item', async () => {
    const inner = [pod('claim-1'), pod('claim-2'), pod('claim-3')];
    const items = ['a', 'b', 'c'].map(name => pod(name, { volumeClaimTemplates: inner }));
    const { handed, left } = await read(podList(items), 16);
    expect([...handed, ...left.items]).toEqual(items);
  });

  it('takes no text for the end of an item', async () => {
    const items = ['a', 'b', 'c'].map(name => pod(name, { note: '"}},{"metadata":{"name":"x"},"items":[' }));
    const { handed, left } = await read(podList(items));
    expect([...handed, ...left.items]).toEqual(items);
  });

  it.each([
    ['that is empty', podList([])],
    ['with null for its items', '{"kind":"PodList","apiVersion":"v1","metadata":{},"items":null}'],
    ['that is indented', JSON.stringify(JSON.parse(podList([pod('a'), pod('b')])), undefined, 2)],
    ['whose items are inside of something else', '{"metadata":{},"data":{"items":[{"a":1},{"a":2}]},"items":[]}'],
    ['of items that are no objects', '{"metadata":{},"items":[1,{"metadata":1},"}"]}'],
  ])('leaves a list %s as it is', async (_, text) => {
    expect(await read(text)).toEqual({ handed: [], left: JSON.parse(text) });
  });

  it('reads an answer that is no JSON as the text that it is', async () => {
    const text = '{"kind":"PodList","items":[{"metadata":{"name":"a"}},{"metadata":{"name":"b"}},{"meta';
    const handed: unknown[] = [];
    const left = await listBody(inPieces(text, 5), { item: value => handed.push(value) });
    expect(handed).toEqual([{ metadata: { name: 'a' } }]);
    expect(left).toBe('{"kind":"PodList","items":[{"metadata":{"name":"b"}},{"meta');
  });

  it('gives up cutting where what looks like the end of an item never is one', async () => {
    const nested = Array.from({ length: 200 }, (_, index) => pod(`n${index}`));
    const items = [pod('a', { nested }), pod('b')];
    const { handed, left } = await read(podList(items), 50);
    expect([...handed, ...left.items]).toEqual(items);
  });

  it('takes out of every item what nobody will look at', async () => {
    const items = ['a', 'b', 'c'].map(name => pod(name, { secret: 'x' }));
    const handed: unknown[] = [];
    const left = await listBody(inPieces(podList(items), 40), {
      item: value => handed.push(value),
      trim: json => Buffer.from(json.toString('utf8').replaceAll('"secret":"x"', '"kept":1')),
    });
    expect([...handed, ...JSON.parse(left).items]).toEqual(['a', 'b', 'c'].map(name => pod(name, { kept: 1 })));
  });

  it('gives each item once, in its order, whatever is in it and however it is cut', async () => {
    const value = fc.jsonValue({ maxDepth: 4 });
    const item = fc.record({ metadata: fc.record({ name: fc.string() }), spec: value, status: fc.array(value) });
    await fc.assert(
      fc.asyncProperty(fc.array(item, { maxLength: 8 }), fc.integer({ min: 1, max: 200 }), async (made, size) => {
        const items = JSON.parse(JSON.stringify(made)) as object[];
        const { handed, left } = await read(podList(items), size);
        expect([...handed, ...left.items]).toEqual(items);
      }),
    );
  });
});
