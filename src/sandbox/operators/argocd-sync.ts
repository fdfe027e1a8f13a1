import type { Condition } from '../controllers/kinds.ts';
import type { Parts } from '../controllers/parts.ts';
import { cloneJson, isRecord, type KubeObject, type NewObject } from '../object.ts';
import type { Registry } from '../registry.ts';
import { StatusError } from '../status.ts';

const USER = 'system:serviceaccount:argocd:argocd-application-controller';
/** Applied first. A refusal ends the sync, and these are refused most often. */
const FIRST_KINDS = ['Ingress', 'InferenceService'];

/** Whether `live` has everything that `wanted` states; other fields are ignored. */
export function covers(live: unknown, wanted: unknown): boolean {
  if (Array.isArray(wanted))
    return Array.isArray(live) && live.length === wanted.length && wanted.every((w, i) => covers(live[i], w));
  if (isRecord(wanted)) return isRecord(live) && Object.entries(wanted).every(([k, w]) => covers(live[k], w));
  return live === wanted;
}

/** Health as Argo CD judges it, for the kinds the sandbox's Applications hold. */
export function healthOf(live: KubeObject | undefined): string {
  if (!live) return 'Missing';
  const conditions = (isRecord(live.status) ? live.status.conditions : undefined) as Condition[] | undefined;
  const is = (type: string) => conditions?.some(c => c.type === type && c.status === 'True') === true;
  if (live.kind === 'Deployment') return is('Available') ? 'Healthy' : 'Progressing';
  if (live.kind === 'InferenceService') return is('Ready') ? 'Healthy' : 'Progressing';
  return 'Healthy';
}

const keyFor = (registry: Registry, apiVersion: string, kind: string): string | undefined => {
  const group = apiVersion.includes('/') ? (apiVersion.split('/')[0] ?? '') : '';
  return registry.byKind(group, kind)?.key;
};

/** The object in the cluster that a manifest is about. */
export function liveOf({ registry, store }: Parts, { apiVersion, kind, metadata }: NewObject): KubeObject | undefined {
  const resource = keyFor(registry, apiVersion ?? 'v1', kind ?? '');
  return resource ? store.get(resource, metadata.namespace, metadata.name ?? '') : undefined;
}

async function apply(parts: Parts, wanted: NewObject): Promise<void> {
  const client = parts.as(USER, ['system:serviceaccounts', 'system:serviceaccounts:argocd', 'system:authenticated']);
  const resource = keyFor(parts.registry, wanted.apiVersion ?? 'v1', wanted.kind ?? '');
  if (!resource)
    throw new StatusError(404, 'NotFound', `no matches for kind "${wanted.kind}" in version "${wanted.apiVersion}"`);
  const live = liveOf(parts, wanted);
  const options = { manager: 'argocd-controller' };
  if (!live) await client.create(resource, cloneJson(wanted), options);
  else if (!covers(live, wanted))
    await client.patch(resource, wanted.metadata.namespace, wanted.metadata.name ?? '', 'merge', wanted, options);
}

/** Applies all of it; the first refusal ends the sync, as Argo CD's dry run would. */
export async function sync(
  parts: Parts,
  objects: readonly NewObject[],
): Promise<{ refused: NewObject; message: string } | undefined> {
  const rank = (o: NewObject) => (FIRST_KINDS.includes(o.kind ?? '') ? 0 : 1);
  for (const wanted of [...objects].sort((a, b) => rank(a) - rank(b))) {
    try {
      await apply(parts, wanted);
    } catch (error) {
      if (!(error instanceof StatusError)) throw error;
      return { refused: wanted, message: error.message };
    }
  }
  return undefined;
}
