import { expect, test } from 'vitest';
import { withoutManagedFields } from '../../../../src/kube/client/lists/without-managed-fields.ts';

const MARK = 'chaos.operatorchaos.io/';
const written = (manager: string, fieldsV1: object) => ({ manager, operation: 'Update', fieldsV1 });
const pod = (name: string, managedFields?: object[], annotations?: object) => ({
  metadata: { name, annotations, ...(managedFields && { managedFields }) },
  spec: { containers: [{ name, args: ['[', '{"', '\\', '"]}'] }] },
});
const listOf = (...items: object[]) => ({
  kind: 'PodList',
  apiVersion: 'v1',
  metadata: { resourceVersion: '7' },
  items,
});
const read = (list: object) =>
  JSON.parse(withoutManagedFields(Buffer.from(JSON.stringify(list)), MARK).toString()) as object;

test('the bookkeeping of who wrote what goes, and nothing else', () => {
  const hostile = written('kubelet"],"managedFields":[\\', { 'f:x': { 'k:{"name":"]}"}': {}, '\\"[': [[], {}] } });
  const list = listOf(pod('a', [hostile, written('b', {})]), pod('b'), pod('é', [hostile]), pod('none', []));
  expect(read(list)).toEqual(listOf(pod('a'), pod('b'), pod('é'), pod('none')));
});

test('what an object says of its marks stays: it tells who put them on, and when', () => {
  const marked = [written('operator-chaos', { 'f:metadata': { 'f:labels': { [`f:${MARK}type`]: {} } } })];
  expect(read(listOf(pod('a', [written('b', {})]), pod('marked', marked), pod('c', [written('b', {})])))).toEqual(
    listOf(pod('a'), pod('marked', marked), pod('c')),
  );
});

test('a text that looks like it is left as it is', () => {
  const text = JSON.stringify(pod('x', [written('b', {})]));
  const list = listOf(pod('a', undefined, { last: text, 'x,"managedFields":[': ',"managedFields":[' }));
  expect(read(list)).toEqual(list);
});

test('an answer that breaks off is left as it is, for whoever parses it', () => {
  const whole = JSON.stringify(listOf(pod('a', [written('b', { 'f:a': {} })])));
  const from = whole.indexOf('"managedFields"') + 20;
  for (let length = from; length < whole.indexOf(']}', from); length += 1) {
    const cut = whole.slice(0, length);
    expect(withoutManagedFields(Buffer.from(cut), MARK).toString()).toBe(cut);
  }
});
