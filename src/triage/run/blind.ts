import { lastedText } from '../../health/trouble.ts';
import type { ClusterView } from '../../health/view/cluster-view.ts';
import type { ViewKind } from '../../health/view/kinds.ts';
import { type Clean, cleanText, literal } from '../../text/sanitise.ts';

/** Something that triage needed and could not read, for one rule or for several. */
export interface BlindSpot {
  /** A kind, or the id of the rule that threw an exception. */
  what: Clean;
  reason: Clean;
}

/** How well one kind is known: `current`, `old` (its objects were read, but updates no longer arrive) or `unknown`. */
export type Knowledge = { state: 'current' } | { state: 'old' | 'unknown'; reason: Clean };

/** What the cluster view knows of a kind. A kind that the cluster does not serve counts as known and empty. */
export function knowledgeOf(view: ClusterView, kind: ViewKind): Knowledge {
  const sync = view.sync(kind);
  switch (sync.state) {
    case 'live':
      return { state: 'current' };
    case 'blind':
      // Discovery may say that the kind is served while its list answers 404: then nothing is known.
      if (sync.reason === 'not served' && view.serves(kind) !== true) return { state: 'current' };
      return { state: 'unknown', reason: sync.reason };
    case 'retrying':
      return {
        state: view.count(kind) > 0 ? 'old' : 'unknown',
        reason: cleanText`not read since ${lastedText({ at: 0, exact: true }, sync.ageMs) as Clean}: ${sync.reason}`,
      };
    default:
      return { state: 'unknown', reason: literal('not read in time') };
  }
}

/** The blind spots without duplicates, in their order. */
export function distinct(spots: readonly BlindSpot[]): BlindSpot[] {
  const seen = new Map(spots.map(spot => [`${spot.what}\n${spot.reason}`, spot]));
  return [...seen.values()];
}
