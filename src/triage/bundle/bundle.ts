import type { ClusterView, ViewObject, WarningEvent } from '../../health/view/cluster-view.ts';
import { VIEW_KINDS, type ViewKind } from '../../health/view/kinds.ts';
import type { Finding } from '../finding/finding.ts';
import type { About } from '../report/about.ts';
import { triageJson } from '../report/json.ts';
import type { Looked } from '../run/look.ts';

/** The format and version in a file of `triage --save`. */
export const BUNDLE = 'mayday-triage/1';

/** The most objects that are saved: beyond that, thousands of objects say the same. */
const MAX_ROWS = 5000;

/** The versions that a bundle records. */
export interface Versions {
  mayday: string;
  /** Of the API server; empty when not known. */
  server: string;
  rules: readonly string[];
}

/**
 * What a colleague needs to examine an incident without the cluster: the findings, and the objects and warning events
 * that they rest on. The view keeps no values of Secrets and ConfigMaps, so none are saved.
 */
export function bundleOf({ triage, view }: Looked, about: About, versions: Versions) {
  const findings = triage.roots.flatMap(root => [root.finding, ...root.follows.map(each => each.finding)]);
  const rows = rowsOf(view, findings);
  return { bundle: BUNDLE, versions, ...triageJson(triage, about), rows, events: eventsOf(view, rows) };
}

function rowsOf(view: ClusterView, findings: readonly Finding[]): ViewObject[] {
  const rows = new Set<ViewObject>();
  const add = (object: ViewObject | undefined) => {
    if (object && rows.size < MAX_ROWS) rows.add(object);
  };
  for (const { object, because } of findings) {
    for (const { kind, namespace, name } of [object, ...because]) {
      const row = kind in VIEW_KINDS ? view.get(kind as ViewKind, namespace, name) : undefined;
      if (row === undefined) continue;
      add(row);
      for (const each of [...view.ownersOf(row), ...view.ownedBy(row.metadata.uid)]) add(each);
    }
  }
  return [...rows];
}

const eventsOf = (view: ClusterView, rows: readonly ViewObject[]): WarningEvent[] => {
  const events = rows.flatMap(({ kind, metadata }) => view.eventsAbout({ kind, ...metadata }));
  return [...new Set(events)].slice(0, MAX_ROWS);
};
