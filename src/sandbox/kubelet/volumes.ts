import type { Pod } from '../controllers/kinds.ts';
import type { Store } from '../store.ts';

/** Why a pod's volumes cannot be mounted: a Secret or ConfigMap it needs does not exist. Undefined when all are there. */
export function missingVolume(pod: Pod, store: Store): { volume: string; message: string } | undefined {
  for (const volume of pod.spec.volumes ?? []) {
    const secret = volume.secret as { secretName?: string; optional?: boolean } | undefined;
    const configMap = volume.configMap as { name?: string; optional?: boolean } | undefined;
    const gone =
      (secret && !secret.optional && !store.get('secrets', pod.metadata.namespace, secret.secretName ?? '')
        ? `secret "${secret.secretName}" not found`
        : undefined) ??
      (configMap && !configMap.optional && !store.get('configmaps', pod.metadata.namespace, configMap.name ?? '')
        ? `configmap "${configMap.name}" not found`
        : undefined);
    if (gone) return { volume: volume.name, message: `MountVolume.SetUp failed for volume "${volume.name}" : ${gone}` };
  }
  return undefined;
}
