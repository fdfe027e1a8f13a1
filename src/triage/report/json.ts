import type { ObjectRef } from '../../k8s/object.ts';
import type { Follower, Root } from '../finding/chain.ts';
import type { Finding } from '../finding/finding.ts';
import { findingId, type Triage } from '../finding/result.ts';
import type { GateResult } from '../run/gate-run.ts';
import type { About } from './about.ts';

const objectJson = ({ apiVersion, kind, namespace, name, uid }: ObjectRef) => ({
  apiVersion,
  kind,
  ...(namespace === undefined ? {} : { namespace }),
  name,
  ...(uid === undefined ? {} : { uid }),
});

/** One finding. With `sinceExact` false it began at that time or before. */
function findingJson(finding: Finding) {
  const { rule, severity, object, summary, since, evidence, cause, fixes } = finding;
  return {
    id: findingId(finding),
    rule,
    severity,
    object: objectJson(object),
    summary,
    ...(since === undefined ? {} : { since: new Date(since.at).toISOString(), sinceExact: since.exact }),
    evidence,
    ...(cause === undefined ? {} : { cause }),
    fixes: fixes.map(({ text, command, safe }) => ({ text, ...(command === undefined ? {} : { command }), safe })),
  };
}

/** What follows from a root; `by` is the id of the finding that explains it directly. */
const followerJson = ({ finding, gate, by }: Follower) => ({ ...findingJson(finding), gate, by: findingId(by) });

export const rootJson = ({ finding, gate, follows }: Root) => ({
  ...findingJson(finding),
  gate,
  follows: follows.map(followerJson),
});

/**
 * One gate. `after`: the first gate before it with a root cause, to be fixed first. `from`: the gates that hold the
 * root causes of what is broken in it.
 */
export const gateJson = ({ id, name, status, ms, findings, blind, after, from }: GateResult) => ({
  id,
  name,
  status,
  ms,
  ...(after === undefined ? {} : { after }),
  ...(from === undefined ? {} : { from }),
  ...(blind.length === 0 ? {} : { blind }),
  findings: findings.map(findingJson),
});

/** The JSON of `mayday triage`. */
export const triageJson = ({ roots, gates }: Triage, about: About) => ({
  context: about.context,
  server: about.server,
  user: about.user,
  at: new Date(about.now).toISOString(),
  roots: roots.map(rootJson),
  gates: gates.map(gateJson),
});
