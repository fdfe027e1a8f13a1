import type { ClusterView, ViewObject, WarningEvent } from '../health/view/cluster-view.ts';
import { VIEW_KINDS, type ViewKind } from '../health/view/kinds.ts';
import type { Finding } from './finding.ts';
import type { Looked } from './look.ts';
import type { About } from './report/about.ts';
import { triageJson } from './report/json.ts';

/** What a file of `triage --save` says of itself. */
export const BUNDLE = 'mayday-triage/1';

/** Rows that are kept: beyond that, thousands of objects say the same. */
const MOST_ROWS = 5000;

/** What made a bundle. */
export interface Versions {
  mayday: string;
  /** Of the API server; empty where it did not say. */
  server: string;
  rules: readonly string[];
}

/**
 * What a colleague needs to look at an incident again without the cluster: the findings, and the objects and warnings that they rest on as
 * the view keeps them, which holds no values of Secrets and ConfigMaps.
 */
export function bundleOf({ triage, view }: Looked, about: About, versions: Versions) {
  const findings = triage.roots.flatMap(root => [root.finding, ...root.follows.map(each => each.finding)]);
  const rows = rowsUnder(view, findings);
  return { bundle: BUNDLE, versions, ...triageJson(triage, about), rows, events: eventsUnder(view, rows) };
}

function rowsUnder(view: ClusterView, findings: readonly Finding[]): ViewObject[] {
  const rows = new Set<ViewObject>();
  const add = (object: ViewObject | undefined) => {
    if (object && rows.size < MOST_ROWS) rows.add(object);
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

const eventsUnder = (view: ClusterView, rows: readonly ViewObject[]): WarningEvent[] => {
  const events = rows.flatMap(({ kind, metadata }) => view.eventsAbout({ kind, ...metadata }));
  return [...new Set(events)].slice(0, MOST_ROWS);
};
