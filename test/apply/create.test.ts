import { expect, test } from 'vitest';
import { createExperiment, tryApply } from '../../src/apply/create.ts';
import type { KubeObject } from '../../src/k8s/object.ts';
import { failing, fakeApi } from '../support/fake-api.ts';
import { EXPERIMENTS } from '../support/fake-kinds.ts';
import { experiment, REF } from './support.ts';

const order = () => {
  const made = experiment();
  delete made.metadata.uid;
  return made;
};
const cluster = (...objects: KubeObject[]) => fakeApi(objects, { kinds: [EXPERIMENTS] });

test('a try creates nothing', async () => {
  const api = cluster();
  expect(await tryApply(api, order())).toMatchObject({ ok: true });
  expect(api.peek(REF)).toBeUndefined();
});

test('one of that name is said with its phase, and left alone', async () => {
  const api = cluster(experiment({ phase: 'Observing' }));
  for (const act of [tryApply, createExperiment])
    expect(await act(api, order())).toMatchObject({ ok: false, why: { is: 'exists', seen: { phase: 'Observing' } } });
  expect(api.peek(REF)?.metadata.uid).toBe('uid-drift');
});

test('a member that the server would drop or change is named, as the gates looked at what was sent', async () => {
  const api = cluster();
  api.admit((_, object) => {
    if (object.kind !== 'ChaosExperiment') return;
    const { injection } = object.spec as { injection: Record<string, unknown> };
    delete injection.ttl;
  });
  expect(await tryApply(api, order())).toMatchObject({
    ok: false,
    why: { is: 'refused', says: expect.stringContaining('spec.injection.ttl') },
  });
});

test('a creation whose answer was lost is found again by what it says', async () => {
  const api = cluster();
  const lost = { on: ({ verb }: { verb: string }) => verb === 'create', answer: failing('unreachable', 'cut off') };
  api.script({ ...lost, when: 'after' });
  expect(await createExperiment(api, order())).toMatchObject({ ok: true, value: { name: 'drift', uid: /./ } });
});

test('a creation without an answer and without an object is not known, and never sent again', async () => {
  const api = cluster();
  api.script({ on: ({ verb }) => verb === 'create', answer: failing('unreachable', 'cut off') });
  expect(await createExperiment(api, order())).toMatchObject({ ok: false, why: { is: 'unknown' } });
  expect(api.log.filter(({ verb }) => verb === 'create')).toHaveLength(1);
});
