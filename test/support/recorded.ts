import { existsSync, readFileSync } from 'node:fs';
import { parseAllDocuments } from 'yaml';
import type { KubeObject } from '../../src/kube/object.ts';

/** Objects of one moment of a recorded stuck injection; empty where there was none. */
export function recorded(name: string, moment: 'before' | 'injected'): KubeObject[] {
  const file = new URL(`../fixtures/stuck/${name}.${moment}.yaml`, import.meta.url);
  if (!existsSync(file)) return [];
  return parseAllDocuments(readFileSync(file, 'utf8')).map(document => document.toJS() as KubeObject);
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
  return copy;
}
