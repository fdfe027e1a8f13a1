import type { ViewObject, WarningEvent } from '../../health/view/cluster-view.ts';
import { VIEW_KINDS, type ViewKind } from '../../health/view/kinds.ts';
import { createView } from '../../health/view/view.ts';
import { CELL_LENGTH, type Clean, literal, sanitise } from '../../text/sanitise.ts';
import { finding, refOf } from '../finding/build.ts';
import type { Follower, Root } from '../finding/chain.ts';
import type { Finding } from '../finding/finding.ts';
import { GATES } from '../gates.ts';
import type { About } from '../report/about.ts';
import type { GateResult } from '../run/gate-run.ts';
import type { Looked } from '../run/look.ts';
import { type SavedBundle, type SavedFinding, type SavedRef, savedBundle } from './bundle-shape.ts';

/** A bundle that was read, or a few words on why it cannot be read. */
export type Opened = { looked: Looked; about: About } | { problem: string };

/** Reads a file of `triage --save`. All its text is sanitised again, since the file may have been edited by hand. */
export function openBundle(text: string): Opened {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return { problem: 'it is not JSON' };
  }
  const parsed = savedBundle.safeParse(json);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    return {
      problem: sanitise(`${issue?.path.join('.') || 'the file'}: ${issue?.message ?? 'has the wrong format'}`, 300),
    };
  }
  const saved = parsed.data;
  const now = Date.parse(saved.at);
  const about = { context: sanitise(saved.context), server: sanitise(saved.server), user: sanitise(saved.user), now };
  const known = new Map<string, Finding>();
  const addFinding = (each: SavedFinding): Finding => {
    const made = findingOf(each);
    known.set(each.id, made);
    return made;
  };
  const roots = saved.roots.map((root): Root => {
    const top = addFinding(root);
    const follows = root.follows.map((each): Follower => {
      const follower = addFinding(each);
      return { finding: follower, gate: each.gate, by: known.get(each.by) ?? top };
    });
    return { finding: top, gate: root.gate, follows };
  });
  const gates = saved.gates.map(
    ({ after, from, blind, findings, ...gate }): GateResult => ({
      ...gate,
      name: GATES.find(({ id }) => id === gate.id)?.name ?? gate.id,
      findings: findings.map(findingOf),
      blind: (blind ?? []).map(({ what, reason }) => ({ what: sanitise(what, CELL_LENGTH), reason: sanitise(reason) })),
      ...(after === undefined ? {} : { after }),
      ...(from === undefined ? {} : { from }),
    }),
  );
  return { looked: { triage: { roots, gates }, view: viewOfRows(saved, about, now), now }, about };
}

function findingOf({ rule, since, sinceExact, cause, fixes, ...rest }: SavedFinding): Finding {
  return finding({
    ...rest,
    object: refOf(withoutUndefined(rest.object)),
    rule: sanitise(rule, CELL_LENGTH),
    cause,
    since: since === undefined ? undefined : { at: Date.parse(since), exact: sinceExact ?? false },
    fixes: fixes.map(fix => ({
      text: fix.text,
      safe: fix.safe,
      ...(fix.command === undefined ? {} : { command: fix.command }),
    })),
  });
}

const withoutUndefined = ({ namespace, uid, ...rest }: SavedRef) => ({
  ...rest,
  ...(namespace === undefined ? {} : { namespace }),
  ...(uid === undefined ? {} : { uid }),
});

/** A view of the saved objects. Other objects are not known. */
function viewOfRows({ rows, events }: SavedBundle, { context }: About, now: number) {
  const filled = createView(
    {
      sync: () => ({ state: 'blind', reason: literal('not in the bundle') }),
      discovery: () => undefined,
      serves: () => undefined,
      lastReceivedAt: () => now,
      context,
    },
    () => now,
  );
  for (const each of rows) {
    if (!(each.kind in VIEW_KINDS)) continue;
    const object = cleaned(each) as ViewObject;
    filled.put(each.kind as ViewKind, { uid: object.metadata.uid, version: undefined, object });
  }
  for (const [index, each] of events.entries()) {
    const warning = cleaned({ ...each, about: withoutUndefined(each.about) }) as WarningEvent;
    filled.put('Event', { uid: `event ${index}`, version: undefined, event: warning });
  }
  return filled.view;
}

/** The same value with every text in it, keys too, sanitised. */
function cleaned(value: unknown): unknown {
  if (typeof value === 'string') return sanitise(value);
  if (Array.isArray(value)) return value.map(cleaned);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, each]): [Clean, unknown] => [sanitise(key), cleaned(each)]),
  );
}
