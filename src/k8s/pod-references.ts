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

/** A key of a ConfigMap or Secret; any of its keys when none is named. */
export interface ConfigKey {
  kind: 'ConfigMap' | 'Secret';
  name: string;
  key?: string;
}

/**
 * Whether the pod mounts this key or reads it into its environment. A program that reads it through the API is not
 * noticed.
 */
export function usesKey(pod: KubeObject, of: ConfigKey): boolean {
  const spec = (pod.spec ?? {}) as PodSpec;
  const containers = [...(spec.containers ?? []), ...(spec.initContainers ?? []), ...(spec.ephemeralContainers ?? [])];
  return (
    (spec.volumes ?? []).some(volume => mountsKey(volume, of)) ||
    containers.some(container => readsKey(container, of)) ||
    (isWholeObject(of) && of.kind === 'Secret' && (spec.imagePullSecrets ?? []).some(({ name }) => name === of.name))
  );
}

const isWholeObject = ({ key }: ConfigKey) => key === undefined;

function mountsKey(volume: Volume, of: ConfigKey): boolean {
  const source = of.kind === 'ConfigMap' ? volume.configMap : volume.secret;
  const isSource = source !== undefined && (source.secretName ?? source.name) === of.name;
  const hasKey = isWholeObject(of) || source?.items === undefined || source.items.some(item => item.key === of.key);
  return (isSource && hasKey) || (volume.projected?.sources ?? []).some(part => mountsKey(part, of));
}

function readsKey(container: Container, of: ConfigKey): boolean {
  const single = (container.env ?? [])
    .map(entry => (of.kind === 'ConfigMap' ? entry.valueFrom?.configMapKeyRef : entry.valueFrom?.secretKeyRef))
    .some(ref => ref?.name === of.name && (isWholeObject(of) || ref.key === of.key));
  const whole = (container.envFrom ?? [])
    .map(entry => (of.kind === 'ConfigMap' ? entry.configMapRef : entry.secretRef))
    .some(ref => ref?.name === of.name);
  return single || whole;
}

/** Every ConfigMap and Secret that a pod, or the template of a workload, mounts or reads into its environment; each once, in order. */
export function configReferences(object: KubeObject): { kind: 'ConfigMap' | 'Secret'; name: string }[] {
  const spec = podSpecOf(object);
  const containers = [...(spec.containers ?? []), ...(spec.initContainers ?? []), ...(spec.ephemeralContainers ?? [])];
  const named = (kind: 'ConfigMap' | 'Secret', ...names: (string | undefined)[]) =>
    names.flatMap(name => (name === undefined ? [] : [{ kind, name }]));
  const all = [
    ...(spec.volumes ?? []).flatMap(mounted),
    ...containers.flatMap(({ env = [], envFrom = [] }) => [
      ...named('ConfigMap', ...env.map(({ valueFrom }) => valueFrom?.configMapKeyRef?.name)),
      ...named('ConfigMap', ...envFrom.map(({ configMapRef }) => configMapRef?.name)),
      ...named('Secret', ...env.map(({ valueFrom }) => valueFrom?.secretKeyRef?.name)),
      ...named('Secret', ...envFrom.map(({ secretRef }) => secretRef?.name)),
    ]),
    ...named('Secret', ...(spec.imagePullSecrets ?? []).map(({ name }) => name)),
  ];
  return [...new Map(all.map(one => [`${one.kind} ${one.name}`, one])).values()];
}

function mounted({ configMap, secret, projected }: Volume): { kind: 'ConfigMap' | 'Secret'; name: string }[] {
  const secretName = secret?.secretName ?? secret?.name;
  return [
    ...(configMap?.name === undefined ? [] : [{ kind: 'ConfigMap' as const, name: configMap.name }]),
    ...(secretName === undefined ? [] : [{ kind: 'Secret' as const, name: secretName }]),
    ...(projected?.sources ?? []).flatMap(mounted),
  ];
}

/** The pod's own spec, or that of a workload's pod template. */
function podSpecOf({ kind, spec }: KubeObject): PodSpec {
  if (kind === 'Pod') return (spec ?? {}) as PodSpec;
  const { template, jobTemplate } = (spec ?? {}) as {
    template?: { spec?: PodSpec };
    jobTemplate?: { spec?: { template?: { spec?: PodSpec } } };
  };
  return template?.spec ?? jobTemplate?.spec?.template?.spec ?? {};
}
