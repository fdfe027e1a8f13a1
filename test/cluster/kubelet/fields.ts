/** What a container is told through its environment: values, the downward API, and references between variables. */
import type { EnvironmentEntry, Pod } from './types.ts';

/** A field of the pod as the downward API names it; undefined for one that this kubelet does not know. */
export function podField(pod: Pod, podIP: string, hostIP: string, path: string): string | undefined {
  const keyed = /^metadata\.(labels|annotations)\['(.+)'\]$/.exec(path);
  if (keyed !== null) return pod.metadata[keyed[1] as 'labels' | 'annotations']?.[keyed[2] ?? ''] ?? '';
  const known: Readonly<Record<string, string | undefined>> = {
    'metadata.name': pod.metadata.name,
    'metadata.namespace': pod.metadata.namespace,
    'metadata.uid': pod.metadata.uid,
    'spec.nodeName': pod.spec.nodeName,
    'spec.serviceAccountName': pod.spec.serviceAccountName ?? 'default',
    'status.podIP': podIP,
    'status.hostIP': hostIP,
  };
  return known[path];
}

/** Where a variable's value comes from, when it is not written in the pod. Undefined: there is no such value. */
export interface Lookup {
  field(path: string): string | undefined;
  secret(name: string, key: string): Promise<string | undefined>;
  configMap(name: string, key: string): Promise<string | undefined>;
}

/**
 * The environment of a container. Rejects when a value that is not optional is not there, which for the kubelet is
 * CreateContainerConfigError.
 */
export async function environment(
  entries: readonly EnvironmentEntry[],
  lookup: Lookup,
): Promise<Record<string, string>> {
  const made: Record<string, string> = {};
  for (const entry of entries) {
    const value = entry.valueFrom === undefined ? expand(entry.value ?? '', made) : await referred(entry, lookup);
    if (value !== undefined) made[entry.name] = value;
  }
  return made;
}

/** Replaces `$(NAME)` by a variable defined before; `$$(NAME)` stays as `$(NAME)`, an unknown name as it is. */
export function expand(text: string, variables: Readonly<Record<string, string>>): string {
  return text.replace(/\$\$|\$\(([^)]+)\)/g, (found, name: string | undefined) => {
    if (name === undefined) return '$';
    return variables[name] ?? found;
  });
}

async function referred(entry: EnvironmentEntry, lookup: Lookup): Promise<string | undefined> {
  const { fieldRef, secretKeyRef, configMapKeyRef } = entry.valueFrom ?? {};
  if (fieldRef !== undefined) return lookup.field(fieldRef.fieldPath);
  const reference = secretKeyRef ?? configMapKeyRef;
  if (reference === undefined) return undefined;
  const ask = secretKeyRef === undefined ? lookup.configMap : lookup.secret;
  const value = await ask(reference.name, reference.key);
  if (value === undefined && reference.optional !== true) {
    const kind = secretKeyRef === undefined ? 'configmap' : 'secret';
    throw new Error(`couldn't find key ${reference.key} in ${kind} "${reference.name}"`);
  }
  return value;
}
