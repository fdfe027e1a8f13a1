import type { Kernel } from '../api/kernel.ts';
import { each, ensure, type Fields, fill } from '../defaults/fill.ts';
import type { KubeObject } from '../object.ts';
import { forbidden, StatusError } from '../status.ts';

const PODS = { group: '', resource: 'pods' };
const TOKEN_PATH = '/var/run/secrets/kubernetes.io/serviceaccount';
const TOLERATED_SECONDS = 300;

/** What admission adds to every new Pod: its ServiceAccount and token volume, priority, tolerations. In place. */
export function admitPod(kernel: Kernel, pod: KubeObject): void {
  const spec = ensure(pod, 'spec');
  serviceAccount(kernel, pod, spec);
  priority(kernel, pod, spec);
  tolerations(spec);
}

function serviceAccount(kernel: Kernel, pod: KubeObject, spec: Fields): void {
  if (!spec.serviceAccountName) spec.serviceAccountName = 'default';
  spec.serviceAccount = spec.serviceAccountName;
  const name = String(spec.serviceAccountName);
  const { namespace } = pod.metadata;
  const account = kernel.store.get('serviceaccounts', namespace, name);
  if (!account)
    throw forbidden(
      PODS,
      pod.metadata.name,
      `error looking up service account ${namespace}/${name}: serviceaccount "${name}" not found`,
    );
  const automount = spec.automountServiceAccountToken ?? account.automountServiceAccountToken ?? true;
  if (automount) mountToken(kernel, spec);
}

/** Adds the projected token volume and mounts it into every container that has nothing at its path yet. */
function mountToken(kernel: Kernel, spec: Fields): void {
  const containers = [...each(spec, 'initContainers'), ...each(spec, 'containers')];
  const withoutToken = containers.filter(c => !each(c, 'volumeMounts').some(m => m.mountPath === TOKEN_PATH));
  if (withoutToken.length === 0) return;
  const name = `kube-api-access-${kernel.random.suffix()}`;
  spec.volumes = [...each(spec, 'volumes'), tokenVolume(name)];
  for (const container of withoutToken)
    container.volumeMounts = [...each(container, 'volumeMounts'), { name, readOnly: true, mountPath: TOKEN_PATH }];
}

const tokenVolume = (name: string) => ({
  name,
  projected: {
    sources: [
      { serviceAccountToken: { expirationSeconds: 3607, path: 'token' } },
      { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
      {
        downwardAPI: {
          items: [{ path: 'namespace', fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.namespace' } }],
        },
      },
    ],
    defaultMode: 0o644,
  },
});

function priority(kernel: Kernel, pod: KubeObject, spec: Fields): void {
  const key = 'priorityclasses.scheduling.k8s.io';
  const name = spec.priorityClassName;
  if (typeof name !== 'string' || name === '') {
    const globalDefault = kernel.store.list(key).find(c => c.globalDefault === true);
    if (globalDefault) spec.priorityClassName = globalDefault.metadata.name;
    fill(spec, {
      priority: globalDefault?.value ?? 0,
      preemptionPolicy: globalDefault?.preemptionPolicy ?? 'PreemptLowerPriority',
    });
    return;
  }
  const chosen = kernel.store.get(key, undefined, name);
  if (!chosen)
    throw new StatusError(
      403,
      'Forbidden',
      `pods "${pod.metadata.name}" is forbidden: no PriorityClass with name ${name} was found`,
      { name: pod.metadata.name, kind: 'pods' },
    );
  spec.priority = chosen.value;
  fill(spec, { preemptionPolicy: chosen.preemptionPolicy ?? 'PreemptLowerPriority' });
}

function tolerations(spec: Fields): void {
  const list = each(spec, 'tolerations');
  for (const key of ['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable']) {
    const tolerated = list.some(t => (!t.key || t.key === key) && (!t.effect || t.effect === 'NoExecute'));
    if (!tolerated) list.push({ key, operator: 'Exists', effect: 'NoExecute', tolerationSeconds: TOLERATED_SECONDS });
  }
  spec.tolerations = list;
}
