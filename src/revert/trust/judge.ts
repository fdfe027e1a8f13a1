import type { FoundInjection } from '../../injection/found-injection.ts';
import type { Authority } from '../../injection/write/receipt.ts';
import type { Write } from '../../injection/write/write.ts';
import type { KeyRead, KeyUnavailable } from '../../safety/record-key.ts';
import { recordDigest } from './digest.ts';
import { type Reach, reachOf } from './reach.ts';
import type { ScopeOf } from './scope.ts';
import { carriesSignature, isSigned } from './signature.ts';

/** The evidence by which undo records are trusted. */
export interface Trust {
  /** The key by which records are signed, if it may be read. */
  key?: Uint8Array | undefined;
  /** Why there is no key; signatures cannot be checked then. */
  keyless?: KeyUnavailable;
  /** Whether our journal or the framework's experiment confirms this injection; nobody else can write these. Enough for tier 2. */
  corroborates?: ((finding: FoundInjection) => 'journal' | 'experiment' | undefined) | undefined;
  /** What a person confirmed: the digest of each record as it was shown, by the injection's id. */
  confirmed?: ReadonlyMap<string, string>;
  /** Set if everything is trusted: by the caller, or because it is our own run's injection. */
  everything?: 'caller' | 'own-run' | undefined;
}

/** The result of reading the key, as a part of the trust. */
export const trustOf = (read: KeyRead): Pick<Trust, 'key' | 'keyless'> =>
  read.key === undefined ? { keyless: read } : { key: read.key };

/** Whether a restore may be done. `by` is the authority; if it is not set, a person must confirm. */
export interface Verdict extends Reach {
  by?: Authority;
  /** The record carries a signature that could not be checked. */
  unchecked?: KeyUnavailable;
}

/** Decides by which authority this restore may be done. */
export function judge(finding: FoundInjection, writes: readonly Write[], trust: Trust, scopeOf: ScopeOf): Verdict {
  const reach = reachOf(finding, writes, scopeOf);
  if (reach.refused !== undefined) return reach;
  const by = reach.tier === 1 ? 'own-object' : authorityFor(finding, reach.tier, trust);
  if (by !== undefined) return { ...reach, by };
  const { key, keyless } = trust;
  return key === undefined && keyless !== undefined && carriesSignature(finding.live)
    ? { ...reach, unchecked: keyless }
    : reach;
}

function authorityFor(finding: FoundInjection, tier: 2 | 3, trust: Trust): Authority | undefined {
  const { key, confirmed, everything } = trust;
  if (key !== undefined && finding.type !== 'unknown' && isSigned(key, finding.live, finding.type)) return 'signed';
  if (everything === 'own-run') return key === undefined ? 'own-run' : corroborated(finding, tier, trust);
  const known = corroborated(finding, tier, trust);
  if (known !== undefined) return known;
  if (confirmed?.get(finding.id) === recordDigest(finding.live)) return 'person';
  return everything;
}

const corroborated = (finding: FoundInjection, tier: 2 | 3, { corroborates }: Trust): Authority | undefined =>
  tier === 2 ? corroborates?.(finding) : undefined;
