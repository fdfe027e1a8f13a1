import { describe, expect, test } from 'vitest';
import type { FoundInjection } from '../../../src/injection/found-injection.ts';
import type { ObjectRef } from '../../../src/k8s/object.ts';
import { type Choice, readChoices } from '../../../src/revert/restore/choices.ts';
import { undecided } from '../../../src/revert/restore/undecided.ts';
import { revertAll } from '../../../src/revert/revert-all.ts';
import { scan } from '../../../src/revert/scan/scan.ts';
import { recorded, yard } from '../support/stuck.ts';

const config: ObjectRef = { apiVersion: 'v1', kind: 'ConfigMap', namespace: 'shop', name: 'checkout-config' };
const ledger: ObjectRef = { apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'shop', name: 'ledger' };

/** Two injections of the framework whose values somebody changed since. */
async function changedSince() {
  const made = yard([...recorded('config-drift', 'injected'), ...recorded('image-corrupt', 'injected')]);
  made.api.change(config, object => {
    object.data = { ...(object.data as object), mode: 'canary' };
    const time = (second: number) => `2026-11-21T12:30:0${second}Z`;
    const record = { 'f:metadata': { 'f:annotations': { 'f:chaos.operatorchaos.io/rollback-data': {} } } };
    object.metadata.managedFields = [
      { manager: 'operator-chaos', time: time(1), fieldsV1: record },
      { manager: 'kubectl', time: time(9), fieldsV1: { 'f:data': { 'f:mode': {} } } },
    ];
  });
  made.api.change(ledger, ({ spec }) => {
    // biome-ignore lint/suspicious/noExplicitAny: a recorded Deployment
    (spec as any).template.spec.containers[0].image = 'ledger:9';
  });
  const { injections } = await scan(made.deps);
  expect(injections.map(({ state }) => state)).toEqual(['diverged', 'diverged']);
  return { ...made, injections };
}
const idOf = (injections: readonly FoundInjection[], { name }: ObjectRef): string =>
  injections.find(({ object }) => object.name === name)?.id ?? '';

describe('what a person must choose', () => {
  test('is shown with the original, the value there now, and what each choice writes', async () => {
    const { deps, injections, api } = await changedSince();
    const since = api.log.length;
    const [first, second] = await undecided(deps, injections);
    const text = [first, second].map(one => one?.lines.join('\n')).toSorted();
    expect(text[0]).toMatch(/^ConfigDrift {2}ConfigMap shop\/checkout-config\n/);
    expect(text[0]).toMatch(/original {2}live\n[\s\S]*now {7}canary\n[\s\S]*"canary" -> "live"[\s\S]*keep: keeps/);
    expect(text[1]).toMatch(/now {7}ledger:9/);
    expect(first?.may).toEqual(['original', 'keep']);
    expect(api.log.slice(since).filter(({ verb }) => verb !== 'get' && verb !== 'list')).toEqual([]);
  });

  test('is nothing where the injected value is still there', async () => {
    const { deps } = yard(recorded('config-drift', 'injected'));
    expect(await undecided(deps, (await scan(deps)).injections)).toEqual([]);
  });

  test('is done for each as it was chosen, and what was not chosen is left alone', async () => {
    const { deps, injections, api } = await changedSince();
    const choices = new Map<string, Choice>([[idOf(injections, config), 'original']]);
    const result = await revertAll(deps, injections, { choices });
    expect(result.remaining).toBe(1);
    expect(Object.fromEntries(result.receipts.map(({ object, outcome }) => [object.name, outcome]))).toEqual({
      'checkout-config': 'reverted',
      ledger: 'diverged',
    });
    expect(api.peek(config)?.data).toMatchObject({ mode: 'live' });
    expect(JSON.stringify(api.peek(ledger)?.spec)).toContain('"ledger:9"');

    const kept = await revertAll(deps, injections, { choices: new Map([[idOf(injections, ledger), 'keep' as const]]) });
    expect(kept.receipts.find(({ object }) => object.name === 'ledger')).toMatchObject({ outcome: 'stripped' });
    expect(JSON.stringify(api.peek(ledger)?.spec)).toContain('"ledger:9"');
    expect((await scan(deps)).injections).toEqual([]);
  });
});

describe('the answer', () => {
  const both = ['original', 'keep'] as const;
  test.each([
    ['original 1 keep 2', { 0: 'original', 1: 'keep' }],
    ['keep all', { 0: 'keep', 1: 'keep', 2: 'keep' }],
    ['original all', { 0: 'original', 1: 'original' }],
    ['original 1, 2 ', { 0: 'original', 1: 'original' }],
  ])('%s', (typed, choices) => {
    const read = readChoices(typed, [both, both, ['keep']]);
    expect(read instanceof Map ? Object.fromEntries(read) : read).toEqual(choices);
  });

  test.each([
    ['', 'type original or keep first'],
    ['yes', 'type original or keep first'],
    ['1 keep', 'type original or keep first'],
    ['keep', 'type the numbers after keep'],
    ['original keep 1', 'type the numbers after original'],
    ['original 4', '4 is none of 1 to 3'],
    ['original 0', '0 is none of 1 to 3'],
    ['original 3', 'original is not possible for [3]'],
  ])('that is none: "%s"', (typed, wrong) => {
    expect(readChoices(typed, [both, both, ['keep']])).toEqual({ wrong });
  });

  test('needs no number where there is one record', () => {
    expect(readChoices('keep', [both])).toEqual(new Map([[0, 'keep']]));
    expect(readChoices('original', [['keep']])).toEqual({ wrong: 'original is not possible for [1]' });
  });
});
