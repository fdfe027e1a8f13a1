import { SOURCES } from './kinds.ts';
import {
  crdRow,
  deploymentRow,
  leaseRow,
  nodeRow,
  podRow,
  type Row,
  type Seen,
  serviceRow,
  sliceRow,
  webhookRow,
} from './rows.ts';
import type { ViewObject } from './view/cluster-view.ts';
import type { ViewKind } from './view/kinds.ts';
import type { ViewChange } from './view/live.ts';

/** The rows of a kind that may be in trouble, so that a summary need not check all. */
export type Suspects<R> = Map<string, R>;

/** How the rows of one kind are kept up to date. */
interface SuspectTable {
  put(object: ViewObject): void;
  remove(uid: string): void;
}

/** The rows of all kinds of the board, updated by the changes of a view. */
export function createSuspects() {
  const tables = new Map<ViewKind, SuspectTable>();
  const of = <R extends Row>(
    kind: ViewKind,
    project: (object: Seen) => R,
    isSuspect: (row: R) => boolean = () => true,
  ): Suspects<R> => {
    const suspects: Suspects<R> = new Map();
    tables.set(kind, {
      put(object) {
        const row = project(object);
        if (isSuspect(row)) suspects.set(row.uid, row);
        else suspects.delete(row.uid);
      },
      remove: uid => void suspects.delete(uid),
    });
    return suspects;
  };
  const rows = {
    pods: of(SOURCES.pods, podRow, pod => !pod.fine || pod.terminating),
    nodes: of(SOURCES.nodes, nodeRow),
    deployments: of(SOURCES.deployments, deploymentRow, row => row.reason !== ''),
    services: of(SOURCES.services, serviceRow),
    slices: of(SOURCES.slices, sliceRow),
    validating: of(SOURCES.validating, webhookRow),
    mutating: of(SOURCES.mutating, webhookRow),
    crds: of(SOURCES.crds, crdRow, crd => !crd.established),
    leases: of(SOURCES.leases, leaseRow),
  };
  return {
    ...rows,
    onChange({ kind, put, removed }: ViewChange): void {
      const table = tables.get(kind);
      for (const { uid } of removed) table?.remove(uid);
      for (const { object } of put) if (object !== undefined) table?.put(object);
    },
  };
}
