import type { Fault, Live, Restore } from '../injection/fault.ts';
import type { Finding, FindingState } from '../injection/finding.ts';
import { fetchLive } from '../injection/live.ts';
import { nameOf } from '../injection/name.ts';
import { whyUnreadable } from '../injection/unreadable.ts';
import type { Api } from '../kube/api.ts';
import { sanitise } from '../text/sanitise.ts';

export type FaultOf = (type: Finding['type']) => Fault<unknown> | undefined;

/** What is to be done about a finding, and what that was decided from. */
export interface Decision {
  finding: Finding;
  /** Undefined: nothing may be done; the finding's message says why. */
  restore?: Restore;
  live: Live;
}

const STATE: Record<Restore['kind'], FindingState> = {
  restore: 'injected',
  'already-restored': 'restored',
  diverged: 'diverged',
  corrupt: 'corrupt',
};

/** Reads what the decision needs and decides; never rejects. A type that this version cannot restore stays `injected` and says so. */
export async function decide(api: Api, faultOf: FaultOf, finding: Finding, signal?: AbortSignal): Promise<Decision> {
  const nothing: Live = new Map();
  if (finding.state === 'corrupt' || finding.state === 'foreign') return { finding, live: nothing };
  const fault = faultOf(finding.type);
  if (!fault) {
    const message = `this version cannot revert ${finding.type}; it stays as it is`;
    return { finding: { ...finding, state: 'injected', message }, live: nothing };
  }
  try {
    const live = await fetchLive(api, known => fault.restoreReads(finding, known), signal);
    const restore = fault.restore(finding, live);
    return { finding: { ...finding, state: STATE[restore.kind], message: sanitise(restore.says) }, restore, live };
  } catch (error) {
    // Reads come back as outcomes: what throws here is what the record or the objects it names hold.
    const message = sanitise(`${nameOf(finding.object)}: ${whyUnreadable(error)}; left as it is`, 400);
    return { finding: { ...finding, state: 'corrupt', message }, live: nothing };
  }
}
