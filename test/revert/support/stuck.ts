import { readFileSync } from 'node:fs';
import { parseAllDocuments } from 'yaml';
import { faultOf } from '../../../src/faults/registry.ts';
import type { JournalRecord } from '../../../src/injection/write/journal.ts';
import type { KubeObject } from '../../../src/k8s/object.ts';
import type { RevertDeps } from '../../../src/revert/deps.ts';
import { type FakeApi, fakeApi } from '../../support/fake-api.ts';
import { fakeClock } from '../../support/fake-clock.ts';

const folder = new URL('../../fixtures/stuck/', import.meta.url);

/** The objects of one recorded case, as they stood before or after the framework injected and was killed. */
export function recorded(name: string, when: 'before' | 'injected'): KubeObject[] {
  const text = readFileSync(new URL(`${name}.${when}.yaml`, folder), 'utf8');
  return parseAllDocuments(text).map(document => document.toJS() as KubeObject);
}

/** What a correct revert must give back: everything but identity, version and status. */
function essence(object: KubeObject): unknown {
  const { metadata, status: _status, apiVersion, kind, ...rest } = object;
  const { name, namespace, labels, annotations, finalizers, ownerReferences } = metadata;
  // The rollout counter is the Deployment controller's.
  const { 'deployment.kubernetes.io/revision': _revision, ...kept } = annotations ?? {};
  const meta = { name, namespace, labels: labels ?? {}, annotations: kept, finalizers, ownerReferences };
  return JSON.parse(JSON.stringify({ apiVersion, kind, ...rest, metadata: meta }));
}

export const essences = (objects: readonly KubeObject[]): unknown[] =>
  objects.map(essence).toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));

/** A cluster in memory with these objects, and what reverting needs. */
export function yard(objects: readonly KubeObject[]): { api: FakeApi; deps: RevertDeps; records: JournalRecord[] } {
  const clock = fakeClock();
  const api = fakeApi(objects, { now: clock.now });
  const records: JournalRecord[] = [];
  const journal = { append: async (record: JournalRecord) => void records.push(record) };
  return {
    api,
    records,
    deps: { api, clock, journal, faultOf },
  };
}
