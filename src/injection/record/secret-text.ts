import type { KubeObject } from '../../k8s/object.ts';
import { sha256 } from './envelope.ts';

/** Parts of a Secret that say nothing of its values. Annotations are not among them: kubectl keeps a copy of the whole object there. */
const OPEN = [
  /^metadata\.(name|namespace|uid|generation|creationTimestamp)$/,
  /^metadata\.labels(\.|$)/,
  /^type$/,
  /^immutable$/,
];

/** Whether what stands at a path of an object of this kind must not be shown. */
export const isSecretPath = (kind: string, path: string): boolean =>
  kind === 'Secret' && !OPEN.some(open => open.test(path));

/** A text as a person may see it: of the values of a Secret only the size and the digest, by which two of them can be compared. */
function shownSecret(text: string): string {
  // What stands for a value (absent, or a digest already) is none.
  if (text === '(absent)' || text.startsWith('sha256:')) return text;
  return `(secret, ${Buffer.byteLength(text)} bytes, sha256:${sha256(text).slice(0, 12)})`;
}

/** The text of what stands at a path of this object. */
export const shownAt = (object: KubeObject, path: string, text: string): string =>
  isSecretPath(object.kind, path) ? shownSecret(text) : text;
