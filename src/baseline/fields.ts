import { sha256 } from '../injection/record/envelope.ts';
import { isSecretPath } from '../injection/record/secret-text.ts';
import type { KubeObject } from '../k8s/object.ts';

/** One field of an object: its name for people, its path, and its value as text; for values of a Secret only the digest. */
export interface Field {
  name: string;
  path: readonly string[];
  value: string;
}

/** Fields that the server or controllers write, and that change all the time; they are not compared. */
const NOISE: readonly RegExp[] = [
  /^(status|apiVersion|kind)(\.|$)/,
  /^metadata\.(resourceVersion|generation|managedFields|selfLink|creationTimestamp|uid|name|namespace)$/,
  /^metadata\.annotations\["(deployment\.kubernetes\.io\/revision|kubectl\.kubernetes\.io\/restartedAt|control-plane\.alpha\.kubernetes\.io\/leader)"\]$/,
];

/** The fields of a Lease that change while it is in use. */
const LEASE_NOISE = /^spec\.(renewTime|acquireTime|holderIdentity|leaseTransitions)$/;
/** An annotation with a copy of the whole object; that of a Secret holds its values. */
const COPY = 'metadata.annotations["kubectl.kubernetes.io/last-applied-configuration"]';

const isNoise = (kind: string, name: string): boolean =>
  NOISE.some(noise => noise.test(name)) || (kind === 'Lease' && LEASE_NOISE.test(name));

/** The fields of an object, without those that change by themselves. Items of a list are identified by their names where all have one. */
export function fieldsOf(object: KubeObject): Field[] {
  const found: Field[] = [];
  const add = (name: string, path: readonly string[], value: unknown) => {
    if (isNoise(object.kind, name)) return;
    if (isEmpty(value)) found.push({ name, path, value: JSON.stringify(value) });
    else if (Array.isArray(value)) addList(name, path, value);
    else if (typeof value === 'object') addMap(name, path, value as Record<string, unknown>);
    else found.push({ name, path, value: shown(object.kind, name, value) });
  };
  const addMap = (name: string, path: readonly string[], map: Record<string, unknown>) => {
    for (const [key, value] of Object.entries(map)) {
      const step = /^[A-Za-z_][\w-]*$/.test(key) ? `${name === '' ? '' : '.'}${key}` : `[${JSON.stringify(key)}]`;
      add(`${name}${step}`, [...path, key], value);
    }
  };
  const addList = (name: string, path: readonly string[], list: readonly unknown[]) => {
    const names = list.map(item => (item as { name?: unknown } | null)?.name);
    const isNamed = names.every(one => typeof one === 'string') && new Set(names).size === names.length;
    if (!isNamed) found.push({ name, path, value: shown(object.kind, name, list) });
    else for (const [at, item] of list.entries()) add(`${name}[name=${names[at]}]`, [...path, String(at)], item);
  };
  addMap('', [], object as unknown as Record<string, unknown>);
  return found;
}

/** Whether a value is null or an empty list or map. It is kept as a field of its own: emptying a list is a change. */
const isEmpty = (value: unknown): boolean =>
  value === null || (typeof value === 'object' && Object.keys(value as object).length === 0);

function shown(kind: string, name: string, value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return name === COPY || isSecretPath(kind, name) ? `sha256:${sha256(text).slice(0, 16)}` : text;
}
