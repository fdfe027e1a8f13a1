import type { FoundInjection } from '../../injection/found-injection.ts';
import type { Authority } from '../../injection/write/receipt.ts';
import type { Write } from '../../injection/write/write.ts';
import type { Keyless, KeyRead } from '../../safety/record-key.ts';
import { recordDigest } from './digest.ts';
import { type Reach, reachOf } from './reach.ts';
import type { ScopeOf } from './scope.ts';
import { carriesSignature, isSigned } from './signature.ts';

/** What makes an undo record trusted. */
export interface Trust {
  /** The key by which records are signed, where we may read it. */
  key?: Uint8Array | undefined;
  /** Why there is no key: what is signed cannot be checked then. */
  keyless?: Keyless;
  /** Whether something that only we, or only the framework, can write confirms this injection; enough for tier 2. */
  corroborates?: ((finding: FoundInjection) => 'journal' | 'experiment' | undefined) | undefined;
  /** What a person agreed to: the digest of each record as it was shown, by the finding's id. */
  confirmed?: ReadonlyMap<string, string>;
  /** Everything is trusted: the caller says so, or it is our own run's injection. */
  everything?: 'caller' | 'own-run' | undefined;
}

/** How the key, or its absence, changes what is trusted. */
export const trustOf = (read: KeyRead): Pick<Trust, 'key' | 'keyless'> =>
  read.key === undefined ? { keyless: read } : { key: read.key };

/** Whether a restore may be done. `by` is the authority; without it a person must be asked. */
export interface Verdict extends Reach {
  by?: Authority;
  /** The record carries a signature that could not be checked. */
  unchecked?: Keyless;
}

/** On what authority this restore may be done. */
export function judge(finding: FoundInjection, writes: readonly Write[], trust: Trust, scopeOf: ScopeOf): Verdict {
  const reach = reachOf(finding, writes, scopeOf);
  if (reach.refused !== undefined) return reach;
  const by = reach.tier === 1 ? 'own-object' : wordFor(finding, reach.tier, trust);
  if (by !== undefined) return { ...reach, by };
  const { key, keyless } = trust;
  return key === undefined && keyless !== undefined && carriesSignature(finding.live)
    ? { ...reach, unchecked: keyless }
    : reach;
}

function wordFor(finding: FoundInjection, tier: 2 | 3, trust: Trust): Authority | undefined {
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
