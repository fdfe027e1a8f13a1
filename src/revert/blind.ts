import type { Failure } from '../kube/client/http/outcome.ts';
import { sanitise } from '../text/sanitise.ts';

/** A resource that could not be read; it must never count as one in which nothing was found. */
export interface Blind {
  /** Plural name of the resource, with the group; `*` for everything. */
  resource: string;
  reason: string;
}

/** Why a read failed, in a phrase: `forbidden (list) for alice`. */
export function blindReason(failure: Failure): string {
  if (failure.denied) return sanitise(`${failure.reason} (${failure.denied.verb}) for ${failure.denied.user}`);
  return sanitise(`${failure.reason}: ${failure.message}`, 200);
}
