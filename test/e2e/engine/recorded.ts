import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { faultOf } from '../../../src/faults/registry.ts';
import { systemClock } from '../../../src/host/clock.ts';
import { fetchLive } from '../../../src/injection/live.ts';
import { isRefusal } from '../../../src/injection/plan/refuse.ts';
import { sha256 } from '../../../src/injection/record/envelope.ts';
import { onTheWire, parseExact } from '../../../src/injection/record/exact-json.ts';
import { ROLLBACK_DATA, TYPE_LABEL } from '../../../src/injection/record/markers.ts';
import { injectWithReplan } from '../../../src/injection/write/replan.ts';
import type { Json, KubeObject, ObjectRef } from '../../../src/k8s/object.ts';
import { refOf } from '../../../src/k8s/object-ref.ts';
import type { Api, WriteOptions } from '../../../src/kube/client/api.ts';
import { connect } from '../../../src/kube/connection/connection.ts';
import { restoreOne } from '../../../src/revert/restore/restore.ts';
import { isBackup } from '../../../src/revert/scan/backups.ts';
import { recognise } from '../../../src/revert/scan/recognise.ts';
import { withoutExtras, withoutPurpose } from '../../support/contract.ts';
import { testFacts } from '../../support/facts.ts';
import { memoryJournal } from '../../support/memory-journal.ts';
import { beside, comparable, type RecordedCase, recorded, recordedCases } from '../../support/recorded.ts';
import { asNew, changedByTeam, NAMESPACE, WIDGETS, withUids } from '../../support/recorded-live.ts';
import type { Provider } from './bench.ts';

const PODS = { apiVersion: 'v1', kind: 'Pod', namespace: NAMESPACE };
const TEAM = 'team';
const SCOPE = { namespace: NAMESPACE, count: 1, allowed: [NAMESPACE, 'shop-scratch'] };

/** An injection of every recorded kind on a real cluster: the framework's own and ours, both put back to exactly what was there. */
export function recordedJourneys(open: () => Promise<Provider>): void {
  let api: Api;
  const lasting: ObjectRef[] = [];
  let made: ObjectRef[] = lasting;

  async function must<T>(outcome: Promise<{ ok: true; value: T } | { ok: false; message: string }>): Promise<T> {
    const got = await outcome;
    if (!got.ok) throw new Error(got.message);
    return got.value;
  }
  // Who holds a Lease is no part of what comes back, and yet of what is kept.
  const bodyOf = (object: KubeObject): KubeObject =>
    object.kind === 'Lease' ? { ...asNew(object), spec: object.spec } : asNew(object);
  async function make(object: KubeObject): Promise<KubeObject> {
    const created = await must(api.create(bodyOf(object)));
    made.push(refOf(created));
    return created;
  }
  const apply = (object: KubeObject, options: WriteOptions) =>
    api.patch(bare(object), 'apply', bodyOf(object) as unknown as Json, { ...options, fieldManager: TEAM });
  async function makeByTeam(object: KubeObject): Promise<KubeObject> {
    const applied = await must(apply(object, {}));
    made.push(refOf(applied));
    return applied;
  }
  /** What the team's next change of everything that an injection may touch would come to. */
  const nextApply = async (objects: readonly KubeObject[]) =>
    Promise.all(
      objects.map(async object => {
        const outcome = await apply(changedByTeam(object), { dryRun: true });
        return outcome.ok ? 'applied' : outcome.message;
      }),
    );
  const standing = async (refs: readonly ObjectRef[]) =>
    Promise.all(
      refs.map(async ({ uid: _uid, ...ref }) => {
        const got = await api.get(ref);
        return got.ok ? comparable(got.value) : got.reason;
      }),
    );

  beforeAll(async () => {
    const connected = await connect({ kubeconfig: (await open()).kubeconfig, clock: systemClock });
    if (!connected.ok) throw new Error(connected.message);
    api = connected.value;
    await make({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: NAMESPACE } });
    await make(WIDGETS);
    await until(
      async () =>
        (await api.discovery(true)) && (await api.list({ apiVersion: 'demo.example.com/v1', kind: 'Widget' })).ok,
    );
  });
  afterAll(async () => {
    for (const ref of lasting.reverse()) await api?.remove(ref);
    await api?.close();
  });
  beforeEach(() => {
    made = [];
  });
  afterEach(async () => {
    for (const { uid: _uid, ...ref } of made) {
      await api.remove(ref);
      await until(async () => !(await api.get(ref)).ok);
    }
    // The pods of a Deployment go after it, and must not be taken for those of the next.
    await until(async () => (await must(api.list(PODS))).items.length === 0);
  });

  /** Sets the stage: the objects as they were before, with owners and roles that really exist. */
  async function stage(one: RecordedCase): Promise<{ before: KubeObject[]; uids: Map<string, string> }> {
    const uids = new Map<string, string>();
    const others = beside(one.name);
    for (const other of others.filter(({ kind }) => kind !== 'Pod')) {
      const [deployment] = recorded('crash-loop', 'before');
      const body = other.kind === 'Deployment' && deployment !== undefined ? deployment : other;
      const created = await make({ ...body, metadata: { ...body.metadata, name: other.metadata.name } });
      if (other.metadata.uid !== undefined) uids.set(other.metadata.uid, created.metadata.uid ?? '');
    }
    // Pods of their Deployment, as it was: the disruption controller counts none without a controller.
    if (others.some(({ kind }) => kind === 'Pod')) {
      for (const owner of recorded('crash-loop', 'before')) await make(owner);
      await until(async () => (await must(api.list(PODS, { labelSelector: 'app=checkout' }))).items.length > 0);
    }
    const before: KubeObject[] = [];
    for (const object of recorded(one.name, 'before')) before.push(await makeByTeam(withUids(object, uids)));
    return { before, uids };
  }
  async function revertAll(refs: readonly ObjectRef[]): Promise<unknown[]> {
    const found: KubeObject[] = [];
    for (const { uid: _uid, ...ref } of refs) {
      const got = await api.get(ref);
      if (got.ok) found.push(got.value);
    }
    const deps = {
      api,
      clock: systemClock,
      journal: memoryJournal(),
      faultOf,
    };
    const receipts = [];
    for (const finding of found.flatMap(recognise).filter(one => !isBackup(deps.faultOf, one)))
      receipts.push((await restoreOne(deps, finding, { trust: { everything: 'caller' } })).receipt);
    return receipts;
  }

  describe.each(recordedCases())('$name', one => {
    test('left by the framework, is put back exactly, and the team may apply again', async () => {
      const { before, uids } = await stage(one);
      const refs = before.map(refOf);
      const was = await standing(refs);
      const left: ObjectRef[] = [];
      for (const object of recorded(one.name, 'injected')) {
        const theirs = withUids(object, uids);
        const own = before.find(({ kind, metadata }) => kind === object.kind && metadata.name === object.metadata.name);
        left.push(refOf(own === undefined ? await make(theirs) : await overwrite(own, theirs)));
      }
      const isLeft = (ref: ObjectRef) => left.some(({ kind, name }) => kind === ref.kind && name === ref.name);
      for (const { uid: _uid, ...ref } of refs.filter(each => !isLeft(each))) {
        await must(api.remove(ref));
        await until(async () => !(await api.get(ref)).ok);
      }
      const receipts = await revertAll(left);
      expect(receipts.length).toBeGreaterThan(0);
      expect(receipts).toMatchObject(receipts.map(() => ({ outcome: 'reverted', verified: true })));
      expect(await standing(refs)).toEqual(was);
      // What was recorded belonged to kubectl, as the backups say, and does again.
      const asKept = KEPT_WHOLE.includes(one.type)
        ? expect.stringMatching(/^[^"]*"kubectl-client-side-apply"[^"]*$/)
        : 'applied';
      expect(await nextApply(before)).toEqual(before.map(() => asKept));
    });

    test('injected by us, is what the framework injects, is proven where it shows, and put back exactly for the team to apply again', async () => {
      const { before, uids } = await stage(one);
      const refs = before.map(refOf);
      const was = await standing(refs);
      const fault = faultOf(one.type);
      const params = fault.parse(one.parameters);
      const look = async () =>
        fault.plan(params, SCOPE, await fetchLive(api, live => fault.reads(params, SCOPE, live)), testFacts());
      const first = await look();
      if (isRefusal(first)) throw new Error(first.message);
      const injected = await injectWithReplan(first, look, { api, journal: memoryJournal(), clock: systemClock });
      if (injected.state !== 'injected') throw new Error(injected.execution.message);
      const { plan } = injected;
      made.push(...plan.writes.map(write => write.on));
      const theirs = recorded(one.name, 'injected').map(object => withUids(object, uids));
      await until(() => gone(before.filter(object => !theirs.some(sameName(object)))));
      const ours = await Promise.all(theirs.map(object => must(api.get(bare(object)))));
      if (one.type === 'WebhookLatency') expect(theirs.map(withoutExtras)).toMatchObject(ours.map(withoutMade));
      else expect(ours.map(withoutExtras)).toEqual(theirs.map(withoutExtras));
      const others = plan.writes.filter(
        ({ verb, on }) => verb === 'create' && !theirs.some(sameName({ ...on, metadata: on })),
      );
      expect(others).toEqual([]);
      const expected = UNSEEN.includes(one.type) ? 'pending' : 'proven';
      await until(async () => {
        const live = await fetchLive(api, known => fault.effectReads(params, plan, known));
        return fault.effect(params, plan, live).state === expected;
      });
      const receipts = await revertAll(plan.writes.map(write => write.on));
      expect(receipts.length).toBeGreaterThan(0);
      expect(receipts).toMatchObject(receipts.map(() => ({ outcome: 'reverted', verified: true })));
      expect(await standing(refs)).toEqual(was);
      expect(await nextApply(before)).toEqual(before.map(() => 'applied'));
    });
  });

  test('texts that HTML could trip over are put back', async () => {
    const mode = '<b> & \u2028\n';
    const parameters = { name: 'odd', key: 'mode', value: '</b>&' };
    const odd = refOf(
      await make({
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name: 'odd', namespace: NAMESPACE },
        data: { mode },
      }),
    );
    const fault = faultOf('ConfigDrift');
    if (fault === undefined) throw new Error('no ConfigDrift');
    const params = fault.parse(parameters);
    const look = async () =>
      fault.plan(params, SCOPE, await fetchLive(api, live => fault.reads(params, SCOPE, live)), testFacts());
    const plan = await look();
    if (isRefusal(plan)) throw new Error(plan.message);
    const injected = await injectWithReplan(plan, look, { api, journal: memoryJournal(), clock: systemClock });
    expect(injected.state).toBe('injected');
    expect(await must(api.get(odd))).toMatchObject({ data: { mode: parameters.value } });
    expect(await revertAll([odd])).toMatchObject([{ outcome: 'reverted', verified: true }]);
    expect(await must(api.get(odd))).toMatchObject({ data: { mode } });
  });

  test('a number beyond 2^53 is put back with every digit', async () => {
    const digits = '9007199254740993';
    const [w2] = recorded('crd-mutation-required', 'before');
    const data = `{"apiVersion":"demo.example.com/v1","kind":"Widget","originalValue":${digits},"path":"spec.size"}`;
    const record = `{"data":${data},"checksum":"${sha256(data)}"}`;
    const labels = { [TYPE_LABEL]: 'CRDMutation' };
    const metadata = { name: 'w2', namespace: NAMESPACE, labels, annotations: { [ROLLBACK_DATA]: record } };
    const widget = refOf(await make({ ...(w2 as KubeObject), metadata, spec: { mode: 'safe', size: 1 } }));
    expect(await revertAll([widget])).toMatchObject([{ outcome: 'reverted', verified: true }]);
    const reads = (text: string) => api.patch(widget, 'json', [{ op: 'test', path: '/spec/size', value: exact(text) }]);
    expect(await reads(digits)).toMatchObject({ ok: true });
    expect(await reads('9007199254740992')).toMatchObject({ ok: false, reason: 'conflict' });
  });

  const gone = async (objects: readonly KubeObject[]) =>
    (await Promise.all(objects.map(object => api.get(bare(object))))).every(got => !got.ok);

  /** As the framework's client writes a victim: everything but what the server owns. Controllers may write between. */
  async function overwrite(own: KubeObject, theirs: KubeObject): Promise<KubeObject> {
    for (;;) {
      const current = await must(api.get(refOf(own)));
      const { uid = '', resourceVersion = '' } = current.metadata;
      const next = { ...asNew(theirs), ...(theirs.kind === 'Service' ? { spec: current.spec } : {}) };
      const body = { ...next, metadata: { ...next.metadata, uid, resourceVersion } };
      const replaced = await api.replace(body, { fieldManager: 'operator-chaos' });
      if (replaced.ok) return replaced.value;
      if (replaced.reason !== 'conflict') throw new Error(replaced.message);
    }
  }
}

/** The object's name, whatever its uid. */
function bare(object: KubeObject): ObjectRef {
  const { uid: _uid, ...ref } = refOf(object);
  return ref;
}

const sameName =
  (one: Named) =>
  ({ kind, metadata }: Named): boolean =>
    kind === one.kind && metadata.name === one.metadata.name;

interface Named {
  kind: string;
  metadata: { name: string };
}

const withoutMade = (object: KubeObject): object => withoutPurpose(withoutExtras(object));

const exact = (text: string) => onTheWire(parseExact(text));

/** Types whose backups hold who owned the fields of what was deleted. */
const KEPT_WHOLE: string[] = ['LeaderElectionDisrupt', 'ResourceDeletion', 'SecretDeletion'];

/** Types whose effect is not seen before somebody else acts. */
const UNSEEN: string[] = ['ClientFault', 'NetworkPartition'];

async function until(isSo: () => Promise<boolean>): Promise<void> {
  for (let left = 150; ; left -= 1) {
    if (await isSo()) return;
    if (left === 0) throw new Error('did not come to be so within 30 s');
    await systemClock.sleep(200);
  }
}
