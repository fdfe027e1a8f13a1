import { LOG_LENGTH, sanitise } from '../../text/sanitise.ts';

/** `DROP` in a prune rule leaves the value out. */
export const DROP = Symbol('dropped');
export type Prune = { readonly [field: string]: Prune | typeof DROP | ((value: unknown) => unknown) };

/** The deepest nesting that is kept. Kubernetes objects are never nested that deeply. */
const DEEPEST = 48;
/** The most characters of all shared values together; beyond that, sharing starts again. */
const MOST_SHARED = 8 * 1024 * 1024;
/** The longest text that is shared: longer ones are rarely equal. */
const SHARED_LENGTH = 256;
const MOST_TEXTS = 60_000;
/** The longest certificate bundle in base64, which must not be cut. */
const BUNDLE_LENGTH = 512 * 1024;

/** Makes slim copies: sanitised, without nulls and pruned fields; equal texts and equal shared values are kept once. */
export interface Slimmer {
  copy(value: unknown, prune?: Prune): unknown;
  /**
   * As `copy`, but two equal values give the same object. For values that many objects have in common. `sameAs`
   * removes from the value's JSON what the comparison should ignore.
   */
  share(value: unknown, prune?: Prune, sameAs?: (json: string) => string): unknown;
}

/** A slimmer without shared values. Create one for each view. */
export function createSlimmer(): Slimmer {
  const texts = new Map<string, string>();
  const shared = new Map<Prune | undefined, Map<string, unknown>>();
  let sharedSize = 0;

  function text(raw: string, length = LOG_LENGTH): string {
    if (raw.length > SHARED_LENGTH) return sanitise(raw, length);
    const known = texts.get(raw);
    if (known !== undefined) return known;
    const made = sanitise(raw);
    if (texts.size >= MOST_TEXTS) texts.clear();
    texts.set(raw, made);
    return made;
  }

  function field(key: string, raw: unknown, rule: Prune[string] | undefined, depth: number): unknown {
    if (rule === DROP) return undefined;
    if (key === 'caBundle' && typeof raw === 'string') return text(raw, BUNDLE_LENGTH);
    return typeof rule === 'function' ? copy(rule(raw), undefined, depth) : copy(raw, rule, depth);
  }

  function fields(value: object, prune: Prune | undefined, depth: number): Record<string, unknown> {
    const made: Record<string, unknown> = {};
    for (const [key, raw] of Object.entries(value)) {
      if (key === '__proto__') continue;
      const rule = prune !== undefined && Object.hasOwn(prune, key) ? prune[key] : undefined;
      const kept = field(key, raw, rule, depth + 1);
      if (kept !== undefined) made[text(key)] = kept;
    }
    return made;
  }

  function copy(value: unknown, prune: Prune | undefined, depth: number): unknown {
    if (typeof value === 'string') return text(value);
    if (typeof value !== 'object' || value === null) return value ?? undefined;
    if (depth > DEEPEST) return undefined;
    if (Array.isArray(value)) return value.map(one => copy(one, prune, depth + 1) ?? null);
    return fields(value, prune, depth);
  }

  return {
    copy: (value, prune) => copy(value, prune, 0),
    share(value, prune, sameAs = json => json) {
      const json = JSON.stringify(value);
      if (json === undefined) return undefined;
      const key = sameAs(json);
      let pool = shared.get(prune);
      const known = pool?.get(key);
      if (known !== undefined) return known;
      const made = copy(value, prune, 0);
      if (sharedSize > MOST_SHARED) {
        shared.clear();
        sharedSize = 0;
        pool = undefined;
      }
      if (pool === undefined) {
        pool = new Map();
        shared.set(prune, pool);
      }
      pool.set(key, made);
      sharedSize += key.length;
      return made;
    },
  };
}
