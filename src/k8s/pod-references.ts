import type { KubeObject } from './object.ts';

interface KeyRef {
  name?: string;
  key?: string;
}
interface Source {
  name?: string;
  secretName?: string;
  items?: { key?: string }[];
}
interface Volume {
  configMap?: Source;
  secret?: Source;
  projected?: { sources?: Volume[] };
}
interface Container {
  env?: { valueFrom?: { configMapKeyRef?: KeyRef; secretKeyRef?: KeyRef } }[];
  envFrom?: { configMapRef?: KeyRef; secretRef?: KeyRef }[];
}
interface PodSpec {
  volumes?: Volume[];
  containers?: Container[];
  initContainers?: Container[];
  ephemeralContainers?: Container[];
  imagePullSecrets?: { name?: string }[];
}

/** A key of a ConfigMap or Secret; any of its keys where none is named. */
export interface KeyOf {
  kind: 'ConfigMap' | 'Secret';
  name: string;
  key?: string;
}

/** Whether the pod mounts this key or reads it into its environment. Reading it through the API leaves no trace and is not seen. */
export function usesKey(pod: KubeObject, of: KeyOf): boolean {
  const spec = (pod.spec ?? {}) as PodSpec;
  const containers = [...(spec.containers ?? []), ...(spec.initContainers ?? []), ...(spec.ephemeralContainers ?? [])];
  return (
    (spec.volumes ?? []).some(volume => mountsKey(volume, of)) ||
    containers.some(container => readsKey(container, of)) ||
    (isWhole(of) && of.kind === 'Secret' && (spec.imagePullSecrets ?? []).some(({ name }) => name === of.name))
  );
}

const isWhole = ({ key }: KeyOf) => key === undefined;

function mountsKey(volume: Volume, of: KeyOf): boolean {
  const source = of.kind === 'ConfigMap' ? volume.configMap : volume.secret;
  const isSource = source !== undefined && (source.secretName ?? source.name) === of.name;
  const hasKey = isWhole(of) || source?.items === undefined || source.items.some(item => item.key === of.key);
  return (isSource && hasKey) || (volume.projected?.sources ?? []).some(part => mountsKey(part, of));
}

function readsKey(container: Container, of: KeyOf): boolean {
  const single = (container.env ?? [])
    .map(entry => (of.kind === 'ConfigMap' ? entry.valueFrom?.configMapKeyRef : entry.valueFrom?.secretKeyRef))
    .some(ref => ref?.name === of.name && (isWhole(of) || ref.key === of.key));
  const whole = (container.envFrom ?? [])
    .map(entry => (of.kind === 'ConfigMap' ? entry.configMapRef : entry.secretRef))
    .some(ref => ref?.name === of.name);
  return single || whole;
}
