import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { parseAllDocuments, parse as parseYaml } from 'yaml';
import type { FaultType } from '../../src/faults/types.ts';
import type { KubeObject } from '../../src/k8s/object.ts';

const FOLDER = new URL('../fixtures/stuck/', import.meta.url);

/** A stuck injection as it was recorded: what was asked for. */
export interface RecordedCase {
  name: string;
  type: FaultType;
  parameters: Record<string, string>;
}

/** Every recorded case. */
export function recordedCases(): RecordedCase[] {
  return readdirSync(FOLDER)
    .filter(file => file.endsWith('.experiment.yaml'))
    .map(file => {
      const { injection } = parseYaml(readFileSync(new URL(file, FOLDER), 'utf8')).spec;
      return { name: file.replace('.experiment.yaml', ''), type: injection.type, parameters: injection.parameters };
    });
}

/** Objects of one moment of a recorded stuck injection; empty where there was none. */
export function recorded(name: string, moment: 'before' | 'injected'): KubeObject[] {
  const file = new URL(`${name}.${moment}.yaml`, FOLDER);
  if (!existsSync(file)) return [];
  return parseAllDocuments(readFileSync(file, 'utf8')).map(document => document.toJS() as KubeObject);
}

/** Objects that stood beside the recorded ones all the time, untouched, and that a decision depends on: owners, roles, pods. */
export function beside(name: string): KubeObject[] {
  return [...recorded(name, 'before').flatMap(object => [...ownersOf(object), ...roleOf(object)]), ...podsOf(name)];
}

/** A pod of the app that an injection selects by label. */
function podsOf(name: string): KubeObject[] {
  const { labelSelector } = recordedCases().find(one => one.name === name)?.parameters ?? {};
  if (labelSelector === undefined) return [];
  const labels = Object.fromEntries([labelSelector.split('=') as [string, string]]);
  const spec = { containers: [{ name: 'web', image: 'example.com/checkout:1.2.3' }] };
  return [{ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'checkout-1', namespace: 'shop', labels }, spec }];
}

function ownersOf({ metadata }: KubeObject): KubeObject[] {
  const place = metadata.namespace === undefined ? {} : { namespace: metadata.namespace };
  return (metadata.ownerReferences ?? []).map(({ apiVersion, kind, name, uid }) => ({
    apiVersion,
    kind,
    metadata: { name, uid, ...place },
  }));
}

function roleOf({ apiVersion, metadata, roleRef }: KubeObject): KubeObject[] {
  if (roleRef === undefined) return [];
  const { kind, name } = roleRef as { kind: string; name: string };
  const place = kind === 'Role' ? { namespace: metadata.namespace ?? '' } : {};
  const rules = [{ apiGroups: [''], resources: ['pods'], verbs: ['get', 'list'] }];
  return [{ apiVersion, kind, metadata: { name, ...place }, rules }];
}

/** What a correct revert must give back: everything but the fields that the server owns. */
export function comparable(object: KubeObject | undefined): unknown {
  if (object === undefined) return undefined;
  const copy = structuredClone(object) as Record<string, unknown>;
  const metadata = copy.metadata as Record<string, unknown>;
  for (const field of ['uid', 'resourceVersion', 'generation', 'creationTimestamp', 'managedFields'])
    delete metadata[field];
  delete copy.status;
  // Counted up by the Deployment controller with every rollout, so that it is no part of what was injected.
  delete (metadata.annotations as Record<string, unknown> | undefined)?.['deployment.kubernetes.io/revision'];
  // Whoever held a Lease may be dead, so a restored one is free for the next holder.
  if (copy.kind === 'Lease') for (const field of HOLDING) delete (copy.spec as Record<string, unknown>)[field];
  // The server gives every namespace its one finalizer.
  if (copy.kind === 'Namespace') delete copy.spec;
  return copy;
}

const HOLDING = ['holderIdentity', 'acquireTime', 'renewTime'];
