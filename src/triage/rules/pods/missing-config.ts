import type { ClusterView } from '../../../health/view/cluster-view.ts';
import type { Cause } from '../../finding/finding.ts';
import { command } from '../../finding/shell.ts';
import { secretCreators } from '../secrets/external.ts';

/** The object or key that a kubelet reports as missing when it cannot create a container or mount a volume. */
export interface MissingConfig {
  kind: 'ConfigMap' | 'Secret';
  /** Undefined when the message does not say which object lacks the key. */
  name: string | undefined;
  /** The missing key; undefined where the whole object is missing. */
  key: string | undefined;
}

/** Reads the kubelet's messages about missing objects and keys, such as `references non-existent config key`. */
export function missingConfig(words: string): MissingConfig | undefined {
  const key = /couldn't find key (\S+) in (ConfigMap|Secret) (?:[^/\s]+\/)?([^\s,"]+)/.exec(words);
  if (key) return { kind: key[2] as MissingConfig['kind'], name: key[3], key: key[1] };
  const gone = /(configmaps?|secrets?) \\?"([^"\\]+)\\?" not found/i.exec(words);
  if (gone) return { kind: kindOf(gone[1]), name: gone[2], key: undefined };
  const projected = /references non-existent (config|secret) key: ([^\s,"]+)/.exec(words);
  if (projected)
    return { kind: projected[1] === 'config' ? 'ConfigMap' : 'Secret', name: undefined, key: projected[2] };
  return undefined;
}

const kindOf = (word = ''): MissingConfig['kind'] => (/^config/i.test(word) ? 'ConfigMap' : 'Secret');

/** `config map web not found`, `secret key tls.crt is missing in Secret web`. */
export function missingText({ kind, name, key }: MissingConfig): string {
  const noun = kind === 'ConfigMap' ? 'config map' : 'secret';
  return key === undefined ? `${noun} ${name} not found` : `${noun} key ${key} is missing in ${kind} ${name}`;
}

/** The command that creates the missing object, with a value to replace. */
export const createMissing = (view: ClusterView, namespace: string, { kind, name = '' }: MissingConfig): string =>
  command(view, [
    ...['kubectl', 'create', ...(kind === 'Secret' ? ['secret', 'generic'] : ['configmap'])],
    ...[name, '-n', namespace, '--from-literal=KEY=VALUE'],
  ]);

/**
 * What explains that it is missing: the object itself, and for a Secret the Certificate or ExternalSecret that should
 * have created it.
 */
export const causesOfMissing = (view: ClusterView, namespace: string, { kind, name }: MissingConfig): Cause[] =>
  name === undefined
    ? []
    : [{ kind, namespace, name }, ...(kind === 'Secret' ? secretCreators(view, namespace, name) : [])];
