import type { ClusterView } from '../../health/view/cluster-view.ts';
import { isNamespaced } from '../../health/view/confined.ts';
import { VIEW_KINDS, type ViewKind } from '../../health/view/kinds.ts';

/** A view that records which kinds were used. */
export interface WatchedView {
  view: ClusterView;
  usedKinds: ReadonlySet<ViewKind>;
  /** When only one namespace was read: another one that was used since the last call. */
  otherNamespaceAsked(): string | undefined;
}

/**
 * Records which kinds and namespaces a rule uses. A kind that is not read looks empty: a rule that uses it without
 * declaring it would take unread objects for missing ones. The same holds for a namespace that was not read. Owner
 * look-ups are not recorded, since rules claim nothing about missing owners.
 */
export function watchView(view: ClusterView): WatchedView {
  const usedKinds = new Set<ViewKind>();
  let other: string | undefined;
  const note = (kind: ViewKind, namespace?: string): void => {
    if (!(kind in VIEW_KINDS)) return;
    usedKinds.add(kind);
    const isElsewhere = view.onlyNamespace !== undefined && namespace !== undefined && namespace !== view.onlyNamespace;
    if (isElsewhere && isNamespaced(kind, view.discovery)) other = namespace;
  };
  const noted = <Asked extends unknown[], Result>(
    ask: (...asked: Asked) => Result,
    what: (...asked: Asked) => Parameters<typeof note>,
  ) => ({
    value: (...asked: Asked): Result => {
      note(...what(...asked));
      return ask(...asked);
    },
  });
  const watched: ClusterView = Object.create(view, {
    all: {
      value: (...kinds: Parameters<ClusterView['all']>) => {
        for (const kind of kinds) note(kind);
        return view.all(...kinds);
      },
    },
    count: noted(view.count, kind => [kind]),
    get: noted(view.get, (kind, namespace) => [kind, namespace]),
    inNamespace: noted(view.inNamespace, (kind, namespace) => [kind, namespace]),
    podsMatching: noted(view.podsMatching, namespace => ['Pod', namespace]),
    slicesOf: noted(view.slicesOf, namespace => ['EndpointSlice', namespace]),
    eventsAbout: noted(view.eventsAbout, ({ namespace }) => ['Event', namespace]),
    events: noted(view.events, () => ['Event']),
  });
  return {
    view: watched,
    usedKinds,
    otherNamespaceAsked() {
      const otherNamespaceAsked = other;
      other = undefined;
      return otherNamespaceAsked;
    },
  };
}
