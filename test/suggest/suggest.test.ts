import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { loadExperiment } from '../../src/experiment/load.ts';
import type { FaultType } from '../../src/faults/types.ts';
import type { KubeObject } from '../../src/k8s/object.ts';
import { type Draft, documentOf, draftOf, draftText } from '../../src/suggest/draft.ts';
import { type Offer, offersFor } from '../../src/suggest/offers.ts';
import { steadyCheck } from '../../src/suggest/steady.ts';
import { yamlText } from '../../src/text/yaml.ts';
import { inShop } from '../support/objects.ts';

const subject = (object: KubeObject, owners: KubeObject[] = []) => ({ object, owners });
const offerOf = (object: KubeObject, type: FaultType): Offer => {
  const found = offersFor(subject(object)).find(one => one.type === type);
  if (!found) throw new Error(`no offer of ${type}`);
  return found;
};
const reasonOf = (object: KubeObject, type: FaultType): string => {
  const offer = offerOf(object, type);
  return offer.fits ? 'fits' : offer.reason;
};
const draft = (object: KubeObject, type: FaultType, owners: KubeObject[] = []): Draft => {
  const offer = offerOf(object, type);
  if (!offer.fits) throw new Error(offer.reason);
  return draftOf(offer, subject(object, owners));
};

const web = inShop('apps/v1', 'Deployment', 'web', {
  metadata: { uid: 'd-1', labels: { team: 'shop' } },
  spec: {
    replicas: 2,
    progressDeadlineSeconds: 600,
    selector: { matchLabels: { app: 'web' } },
    template: { spec: { containers: [{ name: 'server', image: 'web:1' }] } },
  },
  status: { conditions: [{ type: 'Available', status: 'True' }] },
});
const binding: KubeObject = {
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'ClusterRoleBinding',
  metadata: { name: 'reader' },
  subjects: [{ kind: 'User', name: 'ann' }],
};
const settings = inShop('v1', 'ConfigMap', 'settings', { data: { mode: 'safe' } });
const lease = inShop('coordination.k8s.io/v1', 'Lease', 'leader', { spec: { holderIdentity: 'web-0' } });
const scratch: KubeObject = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'scratch' } };
const named = (object: KubeObject, name: string): KubeObject => ({ ...object, metadata: { ...object.metadata, name } });
const marked = (object: KubeObject): KubeObject => ({
  ...object,
  metadata: { ...object.metadata, labels: { 'chaos.operatorchaos.io/type': 'ConfigDrift' } },
});

describe('the offers for an object', () => {
  it('are all types, those that fit first', () => {
    const offers = offersFor(subject(web));
    expect(offers).toHaveLength(20);
    const fits = offers.map(one => one.fits);
    expect(fits.lastIndexOf(true)).toBe(fits.indexOf(false) - 1);
  });

  it('leave out what already carries an injection, but not the faults that only stand beside it', () => {
    expect(reasonOf(marked(web), 'ImageCorrupt')).toContain('revert that injection first');
    expect(reasonOf(marked(web), 'PodKill')).toBe('fits');
  });

  it('leave out protected names and namespaces in the words of validate', () => {
    expect(reasonOf(named(settings, 'kube-root-ca.crt'), 'ConfigDrift')).toBe(
      'kube-root-ca.crt is protected: the cluster itself depends on it',
    );
    const system = { ...web, metadata: { ...web.metadata, namespace: 'kube-system' } };
    expect(reasonOf(system, 'PodKill')).toBe('namespace kube-system is never a target');
  });

  it('leave out what lives in no namespace where the type stays within one', () => {
    const node: KubeObject = { apiVersion: 'v1', kind: 'Node', metadata: { name: 'n', labels: { zone: 'a' } } };
    expect(reasonOf(node, 'LabelStomping')).toBe('a Node lives in no namespace, and LabelStomping stays within one');
    expect(reasonOf(binding, 'RBACRevoke')).toBe('fits');
  });

  it('say the danger of these parameters, not of the type at large', () => {
    expect(offerOf(settings, 'FinalizerBlock').danger).toBe('high');
    expect(offerOf(web, 'FinalizerBlock').danger).toBe('low');
  });
});

describe('the experiment for an offer', () => {
  it('is what validate accepts, for every fault that fits an object of any of these kinds', () => {
    const objects = [web, binding, settings, lease, scratch];
    const drafts = objects.flatMap(object =>
      offersFor(subject(object)).flatMap(offer => (offer.fits ? [draftOf(offer, subject(object))] : [])),
    );
    expect(drafts.length).toBeGreaterThan(20);
    for (const each of drafts) {
      const loading = loadExperiment(draftText(each), 'x.yaml');
      expect([each.name, loading.ok ? [] : loading.errors]).toEqual([each.name, []]);
    }
  });

  it('lands in the namespace of the object, and of the framework where there is none', () => {
    const spec = (one: Draft) => documentOf(one).spec as { blastRadius: object };
    expect(spec(draft(web, 'PodKill')).blastRadius).toEqual({ maxPodsAffected: 1, allowedNamespaces: ['shop'] });
    expect(documentOf(draft(binding, 'RBACRevoke')).metadata).toMatchObject({ namespace: 'operator-chaos-system' });
    expect(spec(draft(binding, 'RBACRevoke')).blastRadius).toEqual({ maxPodsAffected: 1, allowDangerous: true });
    expect(spec(draft(scratch, 'NamespaceDeletion')).blastRadius).toMatchObject({ allowedNamespaces: ['scratch'] });
  });

  it('has a name that fits, however long the object’s is', () => {
    const { name } = draft(named(web, `${'a'.repeat(62)}-b`), 'DeploymentScaleZero');
    expect(name).toMatch(/^a+-deployment-scale-zero$/);
    expect(name.length).toBeLessThanOrEqual(63);
    expect(draft(binding, 'RBACRevoke').name).toBe('reader-rbac-revoke');
  });

  it('keeps texts that a reader of YAML 1.1 would take for something else', () => {
    const values = {
      a: 'yes',
      b: '0',
      c: '1e3',
      d: 'on',
      e: '1:30',
      f: '2026-01-01',
      g: 'null',
      h: 'true',
      i: '0o7',
      j: '',
    };
    const text = yamlText(values);
    expect(parse(text)).toEqual(values);
    expect(parse(text, { version: '1.1' })).toEqual(values);
    expect(yamlText({ name: 'web-1' })).toBe('name: web-1\n');
  });
});

describe('the steady-state check', () => {
  const on = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web', namespace: 'shop' };

  it('is the condition by which an object says that it is well', () => {
    expect(steadyCheck(subject(web))).toEqual({ type: 'conditionTrue', ...on, conditionType: 'Available' });
  });

  it('of a pod is that of the topmost controller', () => {
    const pod = inShop('v1', 'Pod', 'web-x', { status: { conditions: [{ type: 'Ready', status: 'True' }] } });
    const set = inShop('apps/v1', 'ReplicaSet', 'web-5d', { spec: { replicas: 2 } });
    expect(steadyCheck(subject(pod, [set, web]))).toMatchObject({ kind: 'Deployment', conditionType: 'Available' });
    expect(steadyCheck(subject(pod, [set]))).toMatchObject({
      type: 'fieldEquals',
      kind: 'ReplicaSet',
      fieldPath: 'status.readyReplicas',
      expectedValue: '2',
    });
  });

  it('is that the object exists where it says nothing of itself, or says that it is not well', () => {
    expect(steadyCheck(subject(settings))).toMatchObject({ type: 'resourceExists', name: 'settings' });
    const broken = { ...web, status: { conditions: [{ type: 'Available', status: 'False' }] } };
    expect(steadyCheck(subject(broken))).toMatchObject({ type: 'resourceExists' });
  });
});
