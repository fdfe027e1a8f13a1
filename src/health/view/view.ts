import type { KubeObject } from '../../k8s/object.ts';
import type { Discovery } from '../../kube/discovery/discovery.ts';
import type { Sync } from '../sync.ts';
import type { ClusterView, ViewObject, WarningEvent } from './cluster-view.ts';
import { createWarningStore, warningOf } from './events.ts';
import { VIEW_KINDS, type ViewKind } from './kinds.ts';
import { createProjector } from './project.ts';
import { Tables } from './tables.ts';

/** What a view knows of its kinds, besides their objects. */
export interface Knowledge {
  sync(kind: ViewKind): Sync;
  discovery(): Discovery | undefined;
  serves(kind: ViewKind): boolean | undefined;
  lastReceivedAt(kind: ViewKind): number | undefined;
  context: string | undefined;
  onlyNamespace?: string | undefined;
}

/** A view and the methods to fill it: for a single read, a live view and tests. */
export interface FillableView {
  readonly view: ClusterView;
  /** The form of an object in the view; an Event becomes a warning, or undefined when it is none. */
  project(kind: ViewKind, object: KubeObject): ViewRow | undefined;
  put(kind: ViewKind, row: ViewRow): void;
  remove(kind: ViewKind, uid: string): void;
}

/** What is kept of one object of the cluster. */
export type ViewRow = { uid: string; version: string | undefined } & (
  | { object: ViewObject; event?: never }
  | { event: WarningEvent; object?: never }
);

/** An empty view. `now` is server time in milliseconds, if known. */
export function createView(knowledge: Knowledge, now: () => number | undefined): FillableView {
  const tables = new Tables();
  const events = createWarningStore();
  const projected = createProjector();

  const view: ClusterView = {
    // Most rules ask for one kind, of which there may be a hundred thousand: that needs no generator.
    all: (...kinds) => (kinds.length === 1 ? tables.all(kinds[0] as ViewKind) : tables.allOf(kinds)),
    count: kind => (kind === 'Event' ? events.size : tables.count(kind)),
    get: (kind, namespace, name) => tables.get(kind, namespace, name),
    byUid: uid => tables.byUid(uid),
    inNamespace: (kind, namespace) => tables.inNamespace(kind, namespace),
    ownedBy: uid => tables.ownedBy(uid),
    ownersOf: object => tables.ownersOf(object),
    podsMatching: (namespace, selector) => tables.podsMatching(namespace, selector),
    slicesOf: (namespace, service) => tables.slicesOf(namespace, service),
    eventsAbout: object => events.about(object),
    events: () => events.all(),
    sync: kind => knowledge.sync(kind),
    serves: kind => knowledge.serves(kind),
    lastReceivedAt: kind => knowledge.lastReceivedAt(kind),
    get discovery() {
      return knowledge.discovery();
    },
    context: knowledge.context,
    ...(knowledge.onlyNamespace !== undefined && { onlyNamespace: knowledge.onlyNamespace }),
  };

  return {
    view,
    project(kind, object) {
      const uid = object.metadata.uid ?? `${kind}/${object.metadata.namespace ?? ''}/${object.metadata.name}`;
      const version = object.metadata.resourceVersion;
      if (kind !== 'Event') {
        const slim = projected(kind, object);
        return { uid: slim.metadata.uid, version, object: slim };
      }
      const event = warningOf(object, now());
      return event && { uid, version, event };
    },
    put(kind, row) {
      if (row.event) events.put(row.uid, row.event);
      else tables.put(kind, row.object);
    },
    remove(kind, uid) {
      if (kind === 'Event') events.remove(uid);
      else tables.remove(uid);
    },
  };
}

/** All kinds of the view. */
export const ALL_KINDS = Object.keys(VIEW_KINDS) as ViewKind[];
