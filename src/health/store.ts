import { createStore, type StoreApi } from 'zustand/vanilla';
import type { Clock } from '../host/clock.ts';
import type { Feed } from './feed.ts';
import { BOARD_KINDS, Model, type Summary } from './model.ts';
import type { ViewKind } from './view/kinds.ts';
import { followView, type LiveView } from './view/live.ts';

/** The shortest time between two commits, so that a thousand events cost as much as one, milliseconds. */
const COMMIT_MS = 100;
/** How often judgements that depend only on time (a grace period, a stale lease) are renewed, milliseconds. */
const RENEW_MS = 5_000;

/** A running health board. */
export interface Health {
  readonly store: StoreApi<Summary>;
  /** The view that the board is computed from, for triage. */
  readonly live: LiveView;
  /** Lists again the kinds that are not followed and had injections; call it after a revert. */
  lookAgain(): void;
  stop(): void;
}

/** `kinds` of the view to follow; all by default. */
export interface HealthOptions {
  context?: string;
  kinds?: readonly ViewKind[];
  /** Follow this namespace alone. */
  onlyNamespace?: string;
}

/**
 * Starts the live view and the board on a feed. The store is updated at once after a quiet time, then at most every
 * 100 ms, except for the first pods.
 */
export function startHealth(feed: Feed, clock: Clock, serverNow: () => number, options: HealthOptions = {}): Health {
  const ended = new AbortController();
  let isDue = false;
  let committedAt = Number.NEGATIVE_INFINITY;
  let hasPods = false;
  const live = followView({ feed, clock, discovery: feed.discovery, serverNow, first: BOARD_KINDS, ...options });
  const model = new Model(live, feed, { monotonic: () => clock.monotonic(), serverNow }, () => void commitSoon());
  const store = createStore<Summary>(() => model.summary());

  function commit(): void {
    committedAt = clock.monotonic();
    store.setState(model.summary(), true);
  }

  async function commitSoon(): Promise<void> {
    if (ended.signal.aborted) return;
    // The first pods are shown without delay.
    if (!hasPods && live.view.count('Pod') > 0) {
      hasPods = true;
      return commit();
    }
    if (isDue) return;
    isDue = true;
    const wait = Math.max(0, committedAt + COMMIT_MS - clock.monotonic());
    await clock.sleep(wait, ended.signal).catch(() => undefined);
    isDue = false;
    if (!ended.signal.aborted) commit();
  }

  async function renew(): Promise<void> {
    while (!ended.signal.aborted) {
      await clock.sleep(RENEW_MS, ended.signal).catch(() => undefined);
      void commitSoon();
    }
  }

  void renew();
  return {
    store,
    live,
    lookAgain: () => model.lookAgain(),
    stop() {
      ended.abort();
      model.stop();
    },
  };
}
