import type { Container, Pod } from '../controllers/kinds.ts';
import { each, part } from '../defaults/fill.ts';
import type { Store } from '../store.ts';

/** Where a variable, or all of them, come from. */
const SOURCES = [
  { field: 'configMapKeyRef', all: 'configMapRef', resource: 'configmaps', kind: 'ConfigMap' },
  { field: 'secretKeyRef', all: 'secretRef', resource: 'secrets', kind: 'Secret' },
] as const;

/**
 * What a container's environment refers to and does not exist, worded as the kubelet words it; undefined when all is
 * there. The kubelet checks this only before it starts a container.
 */
export function missingEnvironment(pod: Pod, container: Container, store: Store): string | undefined {
  const { namespace = '' } = pod.metadata;
  const missing = (source: (typeof SOURCES)[number], reference: Record<string, unknown> | undefined) => {
    if (!reference || reference.optional === true) return undefined;
    const name = String(reference.name ?? '');
    const held = store.get(source.resource, namespace, name);
    if (!held) return `${source.kind.toLowerCase()} "${name}" not found`;
    const key = reference.key === undefined ? undefined : String(reference.key);
    const has = key === undefined || [held.data, held.binaryData].some(data => key in ((data as object) ?? {}));
    return has ? undefined : `couldn't find key ${key} in ${source.kind} ${namespace}/${name}`;
  };
  const holder = container as unknown as Record<string, unknown>;
  for (const source of SOURCES) {
    for (const from of each(holder, 'envFrom')) {
      const found = missing(source, part(from, source.all));
      if (found) return found;
    }
    for (const variable of each(holder, 'env')) {
      const found = missing(source, part(variable, 'valueFrom', source.field));
      if (found) return found;
    }
  }
  return undefined;
}
