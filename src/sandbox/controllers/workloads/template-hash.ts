import type { PodTemplate } from '../kinds.ts';

const SAFE = 'bcdfghjklmnpqrstvwxz2456789';

/** Encodes text with the 27 characters that Kubernetes uses for generated names. */
function safeEncode(text: string): string {
  let out = '';
  for (const char of text) out += SAFE[char.charCodeAt(0) % SAFE.length];
  return out;
}

/** JSON with sorted keys, so that equal values give equal text. */
export function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (value && typeof value === 'object') {
    const pairs = Object.entries(value).filter(([, v]) => v !== undefined);
    pairs.sort(([a], [b]) => (a < b ? -1 : 1));
    return `{${pairs.map(([k, v]) => `${JSON.stringify(k)}:${canonical(v)}`).join(',')}}`;
  }
  return JSON.stringify(value) ?? 'null';
}

/** 32-bit FNV-1a of the text. */
function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193) >>> 0;
  return hash;
}

/**
 * The pod-template-hash of a template. It looks like the real one but has other digits: the real one hashes a dump of
 * Go memory.
 */
export function templateHash(template: PodTemplate, collisions?: number): string {
  return safeEncode(String(fnv1a(canonical(template) + (collisions === undefined ? '' : `#${collisions}`))));
}

/** Whether two templates are equal once the hash label is left out. */
export function sameTemplate(a: PodTemplate, b: PodTemplate): boolean {
  return canonical(withoutHash(a)) === canonical(withoutHash(b));
}

function withoutHash(template: PodTemplate): PodTemplate {
  const { 'pod-template-hash': _hash, ...labels } = template.metadata?.labels ?? {};
  return { ...template, metadata: { ...template.metadata, labels } };
}
