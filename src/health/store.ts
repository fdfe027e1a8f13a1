import { createStore, type StoreApi } from 'zustand/vanilla';
import type { Clock } from '../kube/clock.ts';
import type { Feed } from './feed.ts';
import { Model, type Summary } from './model.ts';

/** Commits per second are capped by this: a thousand events cost as much as one. */
export const COMMIT_MS = 100;
/** Judgements that depend on time alone (a grace that ends, a lease that grows stale) are renewed this often. */
export const RENEW_MS = 5_000;

export interface Health {
  readonly store: StoreApi<Summary>;
  stop(): void;
}

/** Starts the live model on a feed. The store holds a new summary at most every 100 ms while the cluster speaks. */
export function startHealth(feed: Feed, clock: Clock, serverNow: () => number): Health {
  const ended = new AbortController();
  let isDue = false;
  const model = new Model({ monotonic: () => clock.monotonic(), serverNow }, () => void commitSoon());
  const store = createStore<Summary>(() => model.summary());

  async function commitSoon(): Promise<void> {
    if (isDue || ended.signal.aborted) return;
    isDue = true;
    const isOver = await clock.sleep(COMMIT_MS, ended.signal).then(
      () => false,
      () => true,
    );
    isDue = false;
    if (!isOver) store.setState(model.summary(), true);
  }

  async function renew(): Promise<void> {
    while (!ended.signal.aborted) {
      await clock.sleep(RENEW_MS, ended.signal).catch(() => undefined);
      if (!ended.signal.aborted) void commitSoon();
    }
  }

  model.follow(feed);
  void renew();
  return {
    store,
    stop() {
      ended.abort();
      model.stop();
    },
  };
}
