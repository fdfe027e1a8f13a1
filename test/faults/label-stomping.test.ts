import { describe, expect, it } from 'vitest';
import { whyHigh } from '../../src/experiment/danger.ts';
import { MANAGED_BY, ROLLBACK_DATA, TYPE_LABEL } from '../../src/injection/record/markers.ts';
import { fakeApi } from '../support/fake-api.ts';
import { at, inShop, marked, RECORD_FIELD, UNFIT, withMeta, wrote } from '../support/objects.ts';
import { effectOf, inject, mustPlan, refusal, restoreOf, type Wanted } from '../support/plans.ts';
import { comparable } from '../support/recorded.ts';
import { revertEverything } from '../support/revert.ts';

const service = inShop('v1', 'Service', 'web', {
  metadata: { labels: { app: 'web' } },
  spec: { selector: { app: 'web' } },
});
const stomp = (more: Record<string, string> = {}): Wanted => ({
  type: 'LabelStomping',
  parameters: { apiVersion: 'v1', kind: 'Service', name: 'web', labelKey: 'app', action: 'overwrite', ...more },
});
const SERVICE = { kind: 'Service', name: 'web' };
const theirs = (payload: Record<string, string | boolean>, label = 'chaos-stomped') =>
  marked(withMeta(service, { labels: { app: label } }), 'LabelStomping', payload);

describe('what is refused', () => {
  it.each(UNFIT)('%s', async (_what, meta, why) => {
    expect(await refusal(fakeApi([withMeta(service, meta)]), stomp())).toMatch(why);
  });

  it('a label that is already so, or not there to delete', async () => {
    expect(await refusal(fakeApi([service]), stomp({ newValue: 'web' }))).toMatch(/^no-effect: .*already is "web"/);
    expect(await refusal(fakeApi([service]), stomp({ action: 'delete', labelKey: 'tier' }))).toMatch(
      /^no-effect: .*not there/,
    );
  });

  it('labels by which chaos tools find what they did', async () => {
    for (const labelKey of [MANAGED_BY, TYPE_LABEL])
      expect(await refusal(fakeApi([service]), stomp({ labelKey }))).toMatch(/^forbidden-target: /);
  });

  it('an object whose marks a scan takes for copies', async () => {
    const replicas = inShop('apps/v1', 'ReplicaSet', 'web', { metadata: { labels: { app: 'web' } } });
    const wanted = stomp({ apiVersion: 'apps/v1', kind: 'ReplicaSet' });
    expect(await refusal(fakeApi([replicas]), wanted)).toMatch(/^forbidden-target: .*copies/);
  });
});

describe('the plan', () => {
  it('counts the pods that the target selects, and leaves managed-by alone', async () => {
    const pods = ['a', 'b', 'other'].map(name =>
      inShop('v1', 'Pod', name, {
        metadata: { labels: { app: name === 'other' ? 'x' : 'web' } },
        status: { phase: 'Running' },
      }),
    );
    const api = fakeApi([withMeta(service, { labels: { [MANAGED_BY]: 'Helm' } }), ...pods]);
    const plan = await inject(api, stomp());
    expect(plan.pods.map(pod => pod.name)).toEqual(['a', 'b']);
    expect(api.peek(at(service))?.metadata.labels).toMatchObject({ [MANAGED_BY]: 'Helm', app: 'chaos-stomped' });
    expect(await effectOf(api, stomp(), plan)).toMatchObject({ state: 'proven' });
  });

  it('needs high danger for labels of Kubernetes itself', async () => {
    expect(whyHigh('LabelStomping', stomp().parameters)).toBeUndefined();
    expect(whyHigh('LabelStomping', stomp({ labelKey: 'app.kubernetes.io/name' }).parameters)).toBe(
      'app.kubernetes.io/name is a label of the platform',
    );
  });

  it('is bound to the version that it was decided from', async () => {
    const api = fakeApi([service]);
    const plan = await mustPlan(api, stomp());
    expect(plan.writes[0]?.precondition).toMatchObject({
      resourceVersion: expect.any(String),
      uid: expect.any(String),
    });
  });
});

describe('restoring', () => {
  it.each([
    ['overwritten', stomp()],
    ['deleted', stomp({ action: 'delete' })],
    ['made anew', stomp({ labelKey: 'tier', newValue: '' })],
    ['empty before', stomp({ labelKey: 'empty' })],
  ])('a label that was %s', async (_what, wanted) => {
    const api = fakeApi([withMeta(service, { labels: { empty: '' } })]);
    const before = api.all().map(comparable);
    await inject(api, wanted);
    expect(api.all().map(comparable)).not.toEqual(before);
    expect(await revertEverything(api)).toMatchObject([{ outcome: 'reverted', verified: true }]);
    expect(api.all().map(comparable)).toEqual(before);
  });

  it('of an object without labels and annotations, which keeps the marks beside the label', async () => {
    const bare = inShop('v1', 'Service', 'web', { spec: { selector: { app: 'web' } } });
    const api = fakeApi([bare]);
    await inject(api, stomp());
    const { labels, annotations } = api.peek(at(bare))?.metadata ?? {};
    expect(labels).toEqual({ [TYPE_LABEL]: 'LabelStomping', app: 'chaos-stomped' });
    expect(annotations).toHaveProperty([ROLLBACK_DATA]);
    expect(await revertEverything(api)).toMatchObject([{ outcome: 'reverted', verified: true }]);
    const { labels: left = {}, annotations: kept = {} } = api.peek(at(bare))?.metadata ?? {};
    expect([left, kept]).toEqual([{}, {}]);
  });

  it('LBL-2: what the operator corrected stays, only the marks go', async () => {
    const api = fakeApi([service]);
    await inject(api, stomp());
    api.change({ ...at(service) }, object => {
      object.metadata.labels = { ...object.metadata.labels, app: 'web' };
    });
    expect(await revertEverything(api)).toMatchObject([{ outcome: 'already-restored', verified: true }]);
    expect(api.peek(at(service))?.metadata).toMatchObject({ labels: { app: 'web' } });
    expect(api.peek(at(service))?.metadata.annotations).toBeUndefined();
  });

  it('LBL-2: a third value is nobody’s to overwrite without a word', async () => {
    const api = fakeApi([service]);
    await inject(api, stomp({ labelKey: 'tier' }));
    api.change(at(service), object => {
      object.metadata.labels = { ...object.metadata.labels, tier: 'gold' };
    });
    expect(await restoreOf(api, 'LabelStomping', SERVICE)).toMatchObject({
      is: 'diverged',
      original: '(absent)',
      injected: 'chaos-stomped',
      live: '"gold"',
    });
    expect(await revertEverything(api)).toMatchObject([{ outcome: 'diverged', verified: false }]);
    expect(await revertEverything(api, { force: true })).toMatchObject([{ outcome: 'reverted', verified: true }]);
    expect(api.peek(at(service))?.metadata.labels).toEqual({ app: 'web' });
  });

  it('LBL-2: managedFields tell a third value where the framework recorded none', async () => {
    const stomped = theirs({ existed: true, labelKey: 'app', originalValue: 'web' }, 'other');
    const fields = (other: string) => [
      wrote('operator-chaos', { 'f:metadata': RECORD_FIELD }),
      wrote(other, { 'f:metadata': { 'f:labels': { 'f:app': {} } } }),
    ];
    const judged = async (writer: string) =>
      (await restoreOf(fakeApi([withMeta(stomped, { managedFields: fields(writer) })]), 'LabelStomping', SERVICE)).is;
    expect(await judged('someone')).toBe('diverged');
    expect(await judged('operator-chaos')).toBe('restore');
  });

  describe('an object that was made again from its own YAML, marks and all', () => {
    const MADE = '2026-11-21T12:00:00Z';
    const again = (label: string, meta: object = {}) => {
      const object = theirs({ existed: true, labelKey: 'app', originalValue: 'web' }, label);
      const fields = { 'f:metadata': { ...RECORD_FIELD, 'f:labels': { 'f:app': {} } }, 'f:spec': {} };
      const managedFields = [{ ...wrote('kubectl-create', fields), time: MADE }];
      return withMeta(object, { creationTimestamp: MADE, managedFields, ...meta });
    };

    it('with a label that was edited meanwhile: a person decides', async () => {
      const api = fakeApi([again('checkout')]);
      expect(await revertEverything(api)).toMatchObject([{ outcome: 'diverged', verified: false }]);
      expect(api.peek(at(service))?.metadata.labels).toMatchObject({ app: 'checkout' });
    });

    it('with the value that only chaos writes: it is restored', async () => {
      const api = fakeApi([again('chaos-stomped')]);
      expect(await revertEverything(api)).toMatchObject([{ outcome: 'reverted', verified: true }]);
    });

    it('by kubectl apply onto the one that is there: the same', async () => {
      const annotations = { 'kubectl.kubernetes.io/last-applied-configuration': `{"${ROLLBACK_DATA}":"{}"}` };
      const applied = again('checkout', { creationTimestamp: '2026-11-01T00:00:00Z', annotations });
      expect(await restoreOf(fakeApi([applied]), 'LabelStomping', SERVICE)).toMatchObject({ is: 'diverged' });
    });

    it('is told from an injection into an object that was there before', async () => {
      const injected = again('checkout', { creationTimestamp: '2026-11-01T00:00:00Z' });
      expect(await restoreOf(fakeApi([injected]), 'LabelStomping', SERVICE)).toMatchObject({ is: 'restore' });
    });
  });

  it.each([
    ['LBL-4: no label key', { existed: true, originalValue: 'web' }],
    ['LBL-4: an empty label key', { existed: true, labelKey: '', originalValue: 'web' }],
    ['an original that is no text', { existed: 'yes', labelKey: 'app', originalValue: 'web' }],
    ['a label of the tools themselves', { existed: true, labelKey: MANAGED_BY, originalValue: 'web' }],
    ['the record of another type', { finalizer: 'a/b' }],
  ])('leaves everything as it is with %s', async (_what, payload) => {
    expect(await restoreOf(fakeApi([theirs(payload)]), 'LabelStomping', SERVICE)).toMatchObject({ is: 'corrupt' });
  });

  it('a stripped type label does not matter, a contradicting one does', async () => {
    const object = theirs({ existed: true, labelKey: 'app', originalValue: 'web' });
    delete object.metadata.labels?.[TYPE_LABEL];
    expect(await restoreOf(fakeApi([object]), 'LabelStomping', SERVICE)).toMatchObject({ is: 'restore' });
    const other = withMeta(object, { labels: { [TYPE_LABEL]: 'CRDMutation' } });
    expect(await restoreOf(fakeApi([other]), 'LabelStomping', SERVICE)).toMatchObject({ is: 'corrupt' });
  });

  it('loses to a write in between, and decides again', async () => {
    const api = fakeApi([service]);
    await inject(api, stomp());
    let raced = false;
    api.script({
      on: request => {
        if (request.verb === 'patch' && !raced) {
          raced = true;
          api.change(at(service), object => {
            object.metadata.annotations = {
              ...object.metadata.annotations,
              note: 'new',
              [ROLLBACK_DATA]: object.metadata.annotations?.[ROLLBACK_DATA] ?? '',
            };
            object.metadata.labels = { ...object.metadata.labels, app: 'web' };
          });
        }
        return false;
      },
      answer: { ok: false, reason: 'conflict', status: 409, message: '' as never },
    });
    expect(await revertEverything(api)).toMatchObject([{ outcome: 'already-restored', verified: true }]);
    expect(api.peek(at(service))?.metadata).toMatchObject({ labels: { app: 'web' }, annotations: { note: 'new' } });
  });
});
