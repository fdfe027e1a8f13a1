import { describe, expect, it } from 'vitest';
import { filterTerms, meets } from '../../src/console/widgets/filter.ts';
import { objectRow } from '../../src/health/table/object-row.ts';
import { stateText } from '../../src/health/table/object-state.ts';
import type { KubeObject } from '../../src/k8s/object.ts';
import { viewOf } from '../support/view.ts';
import { type Script, script } from './support/fake-session.ts';
import { deployment, node, pod } from './support/objects.ts';
import { type Stage, stage } from './support/stage.ts';

async function onHealth(changes: Partial<Script> = {}): Promise<{ one: Stage; play: Script }> {
  const play = script(changes);
  const one = stage(play, { columns: 110, rows: 30 });
  await one.waitFor('data LIVE');
  await one.press('2', 'KINDS');
  return { one, play };
}

describe('the health screen', () => {
  it('lists the kinds with their counts, and the objects of the chosen one', async () => {
    const { one } = await onHealth();
    await one.waitFor('shop/ledger-7f9c');
    expect(one.screen()).toMatch(/▸Pod +2/);
    await one.press('\t', /▸Service/);
    for (const before of ['Pod', 'Namespace', 'Node']) {
      await one.press('h', new RegExp(`▸${before} `));
    }
    await one.waitFor('node-a');
  });

  it('filters as it is typed, tells how many are left, and esc takes the filter away before it goes back', async () => {
    const { one } = await onHealth();
    await one.waitFor('shop/ledger-7f9c');
    await one.press('/', '/_');
    for (const key of 'checkout') one.send(key);
    await one.waitFor('1 of 2, by state');
    expect(one.screen()).not.toContain('ledger-7f9c');
    await one.press('\r', screen => !screen.includes('checkout_'));
    await one.press('\u001b', 'shop/ledger-7f9c');
    await one.press('\u001b', 'VERDICTS');
  });

  it('ends the text of a filter that nothing fits, and one whose rows are not there yet', async () => {
    const { one } = await onHealth();
    await one.waitFor('shop/ledger-7f9c');
    await one.press('/', 'enter keep this filter');
    for (const key of 'nowhere') one.send(key);
    await one.waitFor('0 of 2, by state');
    one.send('\u007f');
    await one.press('\r', screen => screen.includes('/nowher') && !screen.includes('/nowher_'));
    expect(one.screen()).not.toContain('keep this filter');
    await one.press('\r', 'enter: there is nothing to open');
  });

  it('shows what came and went behind another screen once it is in front again, and the numbers of other kinds at once', async () => {
    const { one, play } = await onHealth();
    await one.waitFor('shop/ledger-7f9c');
    expect(one.screen()).toMatch(/Deployment +2/);
    play.feed.put(deployment('billing'));
    await one.waitFor(/Deployment +3/);
    await one.press('\r', screen => !screen.includes('KINDS'));
    play.feed.put(pod('newcomer-1'));
    play.feed.remove('pod-shop-ledger-7f9c');
    await one.press('\u001b', 'shop/newcomer-1');
    expect(one.screen()).not.toContain('shop/ledger-7f9c');
  });

  it('keeps the cursor on its object when others come, and shows for a moment that it is gone', async () => {
    const { one, play } = await onHealth();
    await one.waitFor('shop/ledger-7f9c');
    await one.press('j', /▸. shop\/ledger-7f9c/);
    play.feed.put(pod('aaa-first'));
    await one.waitFor('shop/aaa-first');
    expect(one.screen()).toMatch(/▸. shop\/ledger-7f9c/);
    play.feed.remove(pod('ledger-7f9c').metadata.uid ?? '');
    await one.waitFor(/ledger-7f9c +gone/);
    await one.press('\r', 'enter: this object is gone');
  });
});

const literalOf = (object: KubeObject) => object as unknown as Parameters<typeof viewOf>[0][number];
const rowOf = (made: KubeObject) => {
  const object = literalOf(made);
  const view = viewOf([object]);
  const [found] = [...view.all(object.kind as never)];
  if (!found) throw new Error('the object is not in the view');
  return objectRow(found);
};

describe('a filter', () => {
  const row = rowOf(pod('ledger-7f9c'));
  const test = (text: string) => meets(row, filterTerms(text));

  it('takes every word, turns it around with !, and knows namespace, state, labels and patterns', () => {
    expect(test('ledger')).toBe(true);
    expect(test('LEDGER ns:shop')).toBe(true);
    expect(test('!ledger')).toBe(false);
    expect(test('ns:other')).toBe(false);
    expect(test('/^shop.led/')).toBe(true);
    expect(test('-l no-such-label')).toBe(false);
    expect(test(`state:${row.state}`)).toBe(true);
  });

  it('lists the objects of every kind that kind: names, each with its kind, and says where there is no such kind', async () => {
    const { one } = await onHealth();
    await one.waitFor('shop/ledger-7f9c');
    await one.press('/', '/_');
    for (const key of 'kind:deploy') one.send(key);
    await one.waitFor(/Deployment shop\/ledger/);
    expect(one.screen()).toContain('DEPLOYMENT');
    expect(one.screen()).not.toContain('ledger-7f9c');
    for (const key of 'ed') one.send(key);
    await one.waitFor('no kind of that name');
    expect(test('kind:pod')).toBe(true);
    expect(test('!kind:pod')).toBe(false);
    expect(test('kind:deployment')).toBe(false);
  });

  it('says why a term is not applied, and does not filter by it', () => {
    const inactive = (text: string) => filterTerms(text).map(term => term.inactive);
    expect(inactive('/(/')).toEqual(['not a regular expression']);
    expect(inactive('/(a+)+b/')).toEqual(['too costly a pattern']);
    expect(inactive('ns:')).toEqual(['expected something behind ns:']);
    expect(inactive('-l')).toEqual(['expected a label selector']);
    expect(test('/(/')).toBe(true);
  });
});

describe('what an object says of itself', () => {
  const words = (made: KubeObject) => {
    const object = literalOf(made);
    const [found] = [...viewOf([object]).all(object.kind as never)];
    return found && stateText(found);
  };

  it('is what kubectl says of it', () => {
    expect(words(deployment('ledger'))?.words).toMatch(/^\d\/\d ready/);
    expect(words(node('node-a'))).toEqual({ state: 'ok', words: 'Ready' });
  });

  it('is bad where a container cannot start, and not where it has finished', () => {
    const one = pod('web');
    const waiting = {
      ...one,
      status: {
        phase: 'Pending',
        containerStatuses: [
          { name: 'web', ready: false, restartCount: 2, state: { waiting: { reason: 'ImagePullBackOff' } } },
        ],
      },
    };
    expect(words(waiting)).toEqual({ state: 'fail', words: '0/1  ImagePullBackOff  2 restarts' });
    expect(words({ ...one, status: { phase: 'Succeeded' } })).toEqual({ state: 'ok', words: 'Completed' });
  });
});
