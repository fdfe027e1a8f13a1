import { systemClock } from '../../src/host/clock.ts';
import { TYPE_LABEL } from '../../src/injection/record/markers.ts';
import type { KubeObject, ObjectRef } from '../../src/k8s/object.ts';
import { refOf } from '../../src/k8s/object-ref.ts';
import { asNew, WIDGETS, withUids } from '../support/recorded-live.ts';
import type { Ground } from './ground.ts';
import { type Snapshot, textOf } from './snapshot.ts';
import { HarnessTimedOut } from './timed-out.ts';
import { keyOf } from './world.ts';

/** A namespace with a shop to injure, looked at in good weather. */
export interface TrialNamespace {
  /** Makes the objects that are not there, owners before what they own; gives the names of all. */
  furnish(objects: readonly KubeObject[]): Promise<ObjectRef[]>;
  /** Deletes them and waits until they are gone. */
  clear(refs: readonly ObjectRef[]): Promise<void>;
  /** The objects of these names, and everything that an injection marked, where it is to be counted. */
  shot(refs: readonly ObjectRef[], isMine?: (marked: Marked) => boolean): Promise<Snapshot>;
}

/** An object with the label of an injection. */
interface Marked {
  type: string;
  object: ObjectRef;
}

/** What injections make, and where they keep what they deleted. */
const MADE = [
  ['v1', 'ConfigMap'],
  ['v1', 'Secret'],
  ['v1', 'Service'],
  ['v1', 'ResourceQuota'],
  ['apps/v1', 'Deployment'],
  ['policy/v1', 'PodDisruptionBudget'],
  ['networking.k8s.io/v1', 'NetworkPolicy'],
  ['admissionregistration.k8s.io/v1', 'ValidatingWebhookConfiguration'],
] as const;

export async function openTrialNamespace({ api }: Ground, namespace: string): Promise<TrialNamespace> {
  async function make(object: KubeObject): Promise<KubeObject> {
    for (let left = 100; ; left -= 1) {
      // Not in mayday's own name: a team made them, and mayday owns none of their fields before its injection.
      const outcome = await api.create(asNew(object), { fieldManager: 'team' });
      if (outcome.ok) return outcome.value;
      const there = await api.get(refOf(object));
      if (there.ok && there.value.metadata.deletionTimestamp === undefined) return there.value;
      if (left === 0) throw new HarnessTimedOut(`${keyOf(object)}: ${outcome.message}`);
      // What is on its way out must be gone first; what is new must be served.
      await systemClock.sleep(200);
    }
  }
  async function furnish(objects: readonly KubeObject[]): Promise<ObjectRef[]> {
    const uids = new Map<string, string>();
    const refs: ObjectRef[] = [];
    for (const object of objects) {
      const made = await make(withUids(object, uids));
      if (object.metadata.uid !== undefined) uids.set(object.metadata.uid, made.metadata.uid ?? '');
      const { uid: _uid, ...ref } = refOf(made);
      refs.push(ref);
    }
    await Promise.all(objects.map(podsOf));
    return refs;
  }
  /** Injections that select pods need some. */
  async function podsOf({ kind, metadata, spec }: KubeObject): Promise<void> {
    if (kind !== 'Deployment') return;
    const { labels } = (spec as { template: { metadata: { labels: Record<string, string> } } }).template.metadata;
    const labelSelector = Object.entries(labels)
      .map(([key, value]) => `${key}=${value}`)
      .join(',');
    await until(`pods of ${metadata.name}`, async () => {
      const pods = await api.list({ apiVersion: 'v1', kind: 'Pod', namespace }, { labelSelector });
      return pods.ok && pods.value.items.length > 0;
    });
  }
  /** The object as text; an answer that did not come is no answer about it. */
  async function seen(ref: ObjectRef): Promise<string> {
    for (let left = 20; ; left -= 1) {
      const got = await api.get(ref);
      if (got.ok) return textOf(got.value);
      if (got.reason === 'not-found') return got.reason;
      if (left === 0) throw new HarnessTimedOut(`${ref.kind} ${ref.name}: ${got.message}`);
      await systemClock.sleep(500);
    }
  }
  /** Listed kind by kind, so that what the product overlooks is seen all the same. */
  async function marked() {
    const pages = await Promise.all(
      MADE.map(async ([apiVersion, kind]) => {
        const page = await api.listAll({ apiVersion, kind }, { labelSelector: TYPE_LABEL });
        if (!page.ok) throw new HarnessTimedOut(`${kind}: ${page.message}`);
        return page.value.items.map(item => ({ ...item, apiVersion, kind }));
      }),
    );
    return pages.flat().map(object => {
      const { uid: _uid, ...ref } = refOf(object);
      return { ref, labels: object.metadata.labels ?? {}, text: textOf(object) };
    });
  }
  await furnish([{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } }, WIDGETS]);
  await until('Widgets', async () => {
    await api.discovery(true);
    return (await api.list({ apiVersion: 'demo.example.com/v1', kind: 'Widget' })).ok;
  });
  return {
    furnish,
    clear: async refs => {
      const own = refs.filter(
        ({ name, kind }) => kind !== 'Namespace' || (name !== 'kube-system' && name !== namespace),
      );
      for (const ref of own.toReversed()) await api.remove(ref, { gracePeriodSeconds: 0 });
      for (const ref of own) await until(`${ref.kind} ${ref.name} is gone`, async () => !(await api.get(ref)).ok);
    },
    shot: async (refs, isMine = () => true) => {
      const marks = await marked();
      const all = refs.map(async ref => {
        return [keyOf({ ...ref, metadata: ref }), await seen(ref)] as const;
      });
      const left = marks.filter(({ labels, ref }) => isMine({ type: labels[TYPE_LABEL] ?? '', object: ref }));
      return new Map([
        ...left.map(({ ref, text }) => [keyOf({ ...ref, metadata: ref }), text] as const),
        ...(await Promise.all(all)),
      ]);
    },
  };
}

async function until(what: string, isSo: () => Promise<boolean>): Promise<void> {
  for (let left = 300; ; left -= 1) {
    if (await isSo()) return;
    if (left === 0) throw new HarnessTimedOut(`${what}: did not come to be so within 60 s`);
    await systemClock.sleep(200);
  }
}
