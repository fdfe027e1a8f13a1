import { AppsV1Api, CoreV1Api, type KubeConfig } from '@kubernetes/client-node';

/** Deployments that carry this annotation (RFC 3339) are scaled to zero once the time has come. */
export const DEADLINE = 'example.com/deadline';

/** One pass over all Deployments. Returns the names of those it scaled down, as `namespace/name`. */
export async function scaleDownWhatIsDue(config: KubeConfig, now: Date): Promise<string[]> {
  const apps = config.makeApiClient(AppsV1Api);
  const core = config.makeApiClient(CoreV1Api);
  const scaled: string[] = [];
  const { items } = await apps.listDeploymentForAllNamespaces();
  for (const { metadata, spec } of items) {
    const { name, namespace, annotations } = metadata ?? {};
    const deadline = Date.parse(annotations?.[DEADLINE] ?? '');
    if (!name || !namespace || !(deadline <= now.getTime()) || spec?.replicas === 0) continue;
    await apps.patchNamespacedDeployment({
      name,
      namespace,
      body: [{ op: 'add', path: '/spec/replicas', value: 0 }],
    });
    await core.createNamespacedEvent({
      namespace,
      body: {
        metadata: { generateName: `${name}-` },
        involvedObject: { apiVersion: 'apps/v1', kind: 'Deployment', name, namespace },
        reason: 'DeadlineReached',
        message: `scaled to zero: the deadline ${annotations?.[DEADLINE]} has passed`,
        type: 'Normal',
      },
    });
    scaled.push(`${namespace}/${name}`);
  }
  return scaled;
}
