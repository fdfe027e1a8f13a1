import type { ViewKind } from './kinds.ts';
import { discover, reconcile } from './live-follow.ts';
import { type LiveOptions, type LiveState, newLiveState, settled, type ViewChange } from './live-state.ts';
import type { ViewLoading } from './load.ts';

export type { ViewChange } from './live-state.ts';

/** How long the first kinds are listed alone at most, milliseconds. */
const FIRST_MS = 3_000;
/** How long after everything was read unused memory is given back, milliseconds. */
const RELEASE_AFTER_MS = 1_000;

/** A view that follows the cluster until it is stopped. */
export interface LiveView extends ViewLoading {
  /** The followed kinds, as far as the cluster serves them. */
  readonly kinds: readonly ViewKind[];
  /** Calls back when the view has changed, at most about ten times a second for each kind. */
  subscribe(listener: (change: ViewChange) => void): () => void;
  stop(): void;
}

/** Follows all kinds of the view that the cluster serves: the same rows and indexes as `loadView`, kept up to date. */
export function followView(options: LiveOptions): LiveView {
  const live = newLiveState(options);
  const { wanted, followed, waiting, listeners, ended } = live;
  void begin(live);
  releaseOnce(live).catch(() => undefined);
  return {
    view: live.filled.view,
    kinds: wanted,
    settled: kinds => settled(live, kinds),
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    stop() {
      ended.abort();
      for (const { following } of followed.values()) following.stop();
      for (const wake of [...waiting]) wake();
    },
  };
}

async function begin(live: LiveState): Promise<void> {
  const { options, ended } = live;
  reconcile(live);
  void discover(live, false).catch(() => undefined);
  if (!live.isFirst) return;
  const waited = options.clock.sleep(FIRST_MS, ended.signal).catch(() => undefined);
  await Promise.race([settled(live, options.first), waited]);
  live.isFirst = false;
  if (!ended.signal.aborted) reconcile(live);
}

/** Gives memory back a moment later, so that the last rows are shown first. */
async function releaseOnce(live: LiveState): Promise<void> {
  const { feed, clock } = live.options;
  if (feed.release === undefined) return;
  await settled(live);
  await clock.sleep(RELEASE_AFTER_MS, live.ended.signal);
  feed.release();
}
