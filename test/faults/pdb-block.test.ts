import { describe, expect, it } from 'vitest';
import { fakeApi } from '../support/fake-api.ts';
import { inShop } from '../support/objects.ts';
import { effectOf, inject, mustPlan, refusal, restoreOf, type Wanted } from '../support/plans.ts';
import { revertEverything } from '../support/revert.ts';

const API = 'policy/v1';
const block = (labelSelector = 'app=web', name?: string): Wanted => ({
  type: 'PDBBlock',
  parameters: { labelSelector, ...(name === undefined ? {} : { name }) },
});
const pod = (name: string, labels: Record<string, string> = { app: 'web' }) =>
  inShop('v1', 'Pod', name, { metadata: { labels }, status: { phase: 'Running' } });
const budget = (name: string, more: object = {}) =>
  inShop(API, 'PodDisruptionBudget', name, {
    spec: { minAvailable: 1, selector: { matchLabels: { app: 'web' } } },
    ...more,
  });
const REF = { apiVersion: API, kind: 'PodDisruptionBudget', namespace: 'shop', name: 'chaos-pdb-web' };

describe('what is refused', () => {
  it('PDB-1: a budget of that name, ours for other pods included', async () => {
    const api = fakeApi([pod('a'), pod('b', { component: 'web' })]);
    await inject(api, block());
    expect(await refusal(api, block('component=web'))).toMatch(/^already-injected: .*for pods with app=web/);
    expect(await refusal(fakeApi([pod('a'), budget('chaos-pdb-web')]), block())).toMatch(/^forbidden-target: /);
  });

  it('PDB-2: label values that make no name, unless one is given', async () => {
    const api = fakeApi([pod('a', { app: 'Web_1' })]);
    expect(await refusal(api, block('app=Web_1'))).toMatch(
      /^invalid: "chaos-pdb-Web_1" is not a valid name.*parameter name/,
    );
    expect((await mustPlan(api, block('app=Web_1', 'mine'))).target.name).toBe('mine');
  });

  it('PDB-6: a selector of blanks', async () => {
    expect(await refusal(fakeApi([pod('a')]), block(' , '))).toMatch(/^invalid: /);
  });

  it('no pods, and pods that nobody may evict already', async () => {
    expect(await refusal(fakeApi(), block())).toMatch(/^no-match: /);
    const shut = budget('shut', { status: { disruptionsAllowed: 0 } });
    expect(await refusal(fakeApi([pod('a'), shut]), block())).toMatch(/^no-effect: PodDisruptionBudget shut/);
  });
});

it('PDB-3, PDB-5: the plan says what a second budget does, and that a budget alone does nothing', async () => {
  const plan = await mustPlan(
    fakeApi([pod('a'), pod('b'), budget('own', { status: { disruptionsAllowed: 1 } })]),
    block(),
  );
  expect(plan.pods).toHaveLength(2);
  expect(plan.warnings).toEqual([
    expect.stringContaining('evicts nothing by itself'),
    expect.stringContaining('PodDisruptionBudget own covers some of these pods too'),
  ]);
  expect(plan.writes).toMatchObject([
    { verb: 'create', body: { spec: { maxUnavailable: 0, selector: { matchLabels: { app: 'web' } } } } },
  ]);
});

it('the effect is proven by the controller that counts the pods', async () => {
  const api = fakeApi([pod('a')]);
  const plan = await inject(api, block());
  expect(await effectOf(api, block(), plan)).toMatchObject({ state: 'pending' });
  const counted = (disruptionsAllowed: number) =>
    api.change(REF, object => {
      object.metadata.generation = 1;
      object.status = { observedGeneration: 1, disruptionsAllowed, expectedPods: 1 };
    });
  counted(0);
  expect(await effectOf(api, block(), plan)).toMatchObject({ state: 'proven' });
  counted(1);
  expect(await effectOf(api, block(), plan)).toMatchObject({ state: 'absent' });
});

describe('restoring', () => {
  it('PDB-1: deletes ours alone', async () => {
    const api = fakeApi([pod('a'), budget('own')]);
    await inject(api, block());
    expect(await revertEverything(api)).toMatchObject([{ outcome: 'reverted', verified: true }]);
    expect(api.all().map(({ metadata }) => metadata.name)).toEqual(['a', 'own']);
  });

  it('a budget that allows something by now is shown, not deleted', async () => {
    const api = fakeApi([pod('a')]);
    await inject(api, block());
    api.change(REF, object => {
      object.spec = { maxUnavailable: 1, selector: { matchLabels: { app: 'web' } } };
    });
    expect(await restoreOf(api, 'PDBBlock', REF)).toMatchObject({ is: 'diverged', original: '(not there)' });
  });
});
