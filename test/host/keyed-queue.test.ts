import { expect, test } from 'vitest';
import { createKeyedQueue } from '../../src/host/keyed-queue.ts';

test('what shares a key goes one after the other, also after a failure; what shares none goes side by side', async () => {
  const turns = createKeyedQueue();
  const seen: string[] = [];
  const waited: string[] = [];
  let open: () => void = () => undefined;
  const held = new Promise<void>(resolve => {
    open = resolve;
  });
  const work =
    (name: string, until: Promise<void> = Promise.resolve()) =>
    async () => {
      seen.push(`${name} begins`);
      await until;
      seen.push(`${name} ends`);
      if (name === 'a') throw new Error('a failed');
      return name;
    };
  const waits = (name: string) => () => void waited.push(name);
  const a = turns.run(['server 1', 'uid 1'], work('a', held), waits('a'));
  const b = turns.run(['server 2', 'uid 1'], work('b'), waits('b'));
  const c = turns.run(['server 2'], work('c'), waits('c'));
  const d = turns.run(['server 3', 'uid 3'], work('d'), waits('d'));
  expect(await d).toBe('d');
  expect(seen).toEqual(['a begins', 'd begins', 'd ends']);
  open();
  await expect(a).rejects.toThrow('a failed');
  expect(await Promise.all([b, c])).toEqual(['b', 'c']);
  expect(seen.slice(3)).toEqual(['a ends', 'b begins', 'b ends', 'c begins', 'c ends']);
  expect(waited).toEqual(['b', 'c']);
});
