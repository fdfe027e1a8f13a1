import type { ClusterView } from '../health/view/cluster-view.ts';
import { VIEW_KINDS, type ViewKind } from '../health/view/kinds.ts';

/** A view that notes which kinds were asked for. */
export interface WatchedView {
  view: ClusterView;
  touched: ReadonlySet<ViewKind>;
}

/**
 * Notes what a rule asks the view for, beside what it declares. A kind that is not read yet, or may not be, looks like an empty one: a
 * rule that asked for it without saying so would take what it cannot see for missing. What is reached from an object by its owners is
 * not noted: nothing is claimed of an owner that is not there.
 */
export function watchView(view: ClusterView): WatchedView {
  const touched = new Set<ViewKind>();
  const note = <Rest extends unknown[], Result>(ask: (kind: ViewKind, ...rest: Rest) => Result) => {
    return (kind: ViewKind, ...rest: Rest): Result => {
      if (kind in VIEW_KINDS) touched.add(kind);
      return ask(kind, ...rest);
    };
  };
  const noteAs = <Rest extends unknown[], Result>(kind: ViewKind, ask: (...rest: Rest) => Result) => {
    return (...rest: Rest): Result => {
      touched.add(kind);
      return ask(...rest);
    };
  };
  const watched: ClusterView = Object.create(view, {
    all: { value: note(view.all) },
    count: { value: note(view.count) },
    get: { value: note(view.get) },
    inNamespace: { value: note(view.inNamespace) },
    podsMatching: { value: noteAs('Pod', view.podsMatching) },
    slicesOf: { value: noteAs('EndpointSlice', view.slicesOf) },
    eventsAbout: { value: noteAs('Event', view.eventsAbout) },
    events: { value: noteAs('Event', view.events) },
  });
  return { view: watched, touched };
}
