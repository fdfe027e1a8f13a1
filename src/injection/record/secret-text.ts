import type { KubeObject } from '../../k8s/object.ts';
import { sha256 } from './envelope.ts';

/** Paths in a Secret that hold no secret value. Annotations are not among them: kubectl keeps a copy of the whole object there. */
const PUBLIC_PATHS = [
  /^metadata\.(name|namespace|uid|generation|creationTimestamp)$/,
  /^metadata\.labels(\.|$)/,
  /^type$/,
  /^immutable$/,
];

/** Whether the value at a path of an object of this kind must not be shown. */
export const isSecretPath = (kind: string, path: string): boolean =>
  kind === 'Secret' && !PUBLIC_PATHS.some(pattern => pattern.test(path));

/** A secret value for the screen: only its size and digest, by which two values can be compared. */
function shownSecret(text: string): string {
  // `(absent)` and a digest hold no secret.
  if (text === '(absent)' || text.startsWith('sha256:')) return text;
  return `(secret, ${Buffer.byteLength(text)} bytes, sha256:${sha256(text).slice(0, 12)})`;
}

/** `text`, the value at a path of this object, for the screen. */
export const shownAt = (object: KubeObject, path: string, text: string): string =>
  isSecretPath(object.kind, path) ? shownSecret(text) : text;
