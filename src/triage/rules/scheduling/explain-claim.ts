import type { ClusterView, ViewObject } from '../../../health/view/cluster-view.ts';
import { fields, list, text } from '../../../k8s/fields.ts';
import { claimsOf } from '../storage/claims.ts';
import type { Explanation } from './explanation.ts';

/** A claim that is missing or not bound. */
export function explainClaim(view: ClusterView, pod: ViewObject, reason: string): Explanation {
  const named = /persistentvolumeclaim "([^"]+)" (not found|is being deleted)/.exec(reason);
  if (named) {
    const name = named[1] ?? '';
    return {
      summary: `persistent volume claim ${name} ${named[2]}`,
      cause: `The pods mount the persistent volume claim ${name}, which ${named[2] === 'not found' ? 'does not exist' : 'is being deleted'}.`,
      fixes: [`Create the persistent volume claim ${name}, or correct its name in spec.volumes.`],
      because: [{ kind: 'PersistentVolumeClaim', namespace: pod.metadata.namespace ?? '', name }],
    };
  }
  const pending = claimsOf(view, pod)
    .filter(({ claim }) => claim?.status.phase !== 'Bound')
    .map(({ name }) => name);
  return {
    summary: `persistent volume claim ${pending.join(', ')} is not bound (${reason})`,
    cause: `The pods cannot be placed before their claims are bound: ${pending.join(', ') || reason}.`,
    fixes: [],
  };
}

/** Volumes that only some nodes can use. */
export function explainVolumes(view: ClusterView, pod: ViewObject, reason: string): Explanation {
  const volumes = claimsOf(view, pod).flatMap(
    ({ claim }) => view.get('PersistentVolume', undefined, text(claim?.spec.volumeName)) ?? [],
  );
  const pinned = volumes.flatMap(volume =>
    list(fields(fields(volume.spec.nodeAffinity).required).nodeSelectorTerms).flatMap(term =>
      list(term.matchExpressions).map(
        one =>
          `${volume.metadata.name} needs ${text(one.key)} ${text(one.operator)} ${(one.values as string[] | undefined)?.join('|') ?? ''}`,
      ),
    ),
  );
  return {
    summary: `volume node affinity conflict or limit: ${reason}`,
    cause:
      pinned.length > 0
        ? `The volume is tied to nodes or a zone: ${pinned.join('; ')}.`
        : `The volumes of the pods cannot be used on these nodes: ${reason}.`,
    fixes: [
      'Run the pods in the zone or on the node of their volume, or create a new volume where they run; data on the old volume must be moved by hand.',
    ],
  };
}
