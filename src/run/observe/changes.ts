import type { Clock } from '../../host/clock.ts';
import type { Api, Collection } from '../../kube/client/api.ts';

/** Something to watch: one object by name, or all of a label selector. */
export interface ChangeSource {
  collection: Collection;
  name?: string;
  labelSelector?: string;
}

/** Wakes the waiting caller when a watched object changes. */
export interface Changes {
  /** Resolves at the next change, or after `ms`; at once if there was a change since the last wait. Rejects when the signal aborts. */
  wait(ms: number, signal?: AbortSignal): Promise<void>;
  stop(): void;
}

/** The pause before an ended watch is started again, milliseconds; meanwhile samples are taken once a second. */
const RESTART_MS = 1_000;
/** Events within this time count as one change, milliseconds. */
const GATHER_MS = 100;

/**
 * Watches the sources, metadata only. An event only causes a new sample, so a watch that is refused, dropped or stale
 * makes the run slower to notice a change, but never wrong.
 */
export function watchChanges(api: Api, clock: Clock, sources: readonly ChangeSource[]): Changes {
  const ended = new AbortController();
  let changed = false;
  let wake: (() => void) | undefined;
  const noteChange = () => {
    changed = true;
    wake?.();
  };
  for (const source of sources) void follow(api, clock, source, ended.signal, noteChange);

  return {
    async wait(ms, signal) {
      const until = new AbortController();
      const wokenEarly = new Promise<void>(resolve => {
        wake = resolve;
      });
      if (changed) wake?.();
      const both = signal ? AbortSignal.any([signal, until.signal]) : until.signal;
      try {
        await Promise.race([wokenEarly.then(() => clock.sleep(Math.min(ms, GATHER_MS), both)), clock.sleep(ms, both)]);
      } finally {
        wake = undefined;
        changed = false;
        until.abort();
      }
    },
    stop: () => ended.abort(),
  };
}

async function follow(
  api: Api,
  clock: Clock,
  source: ChangeSource,
  signal: AbortSignal,
  notice: () => void,
): Promise<void> {
  const select = {
    ...(source.name ? { fieldSelector: `metadata.name=${source.name}` } : {}),
    ...(source.labelSelector ? { labelSelector: source.labelSelector } : {}),
    metadataOnly: true,
    signal,
  };
  while (!signal.aborted) {
    const page = await api.list(source.collection, { ...select, limit: 1 });
    if (page.ok) {
      for await (const event of api.watch(source.collection, {
        ...select,
        resourceVersion: page.value.resourceVersion,
      })) {
        if (signal.aborted) return;
        if ('ok' in event) break;
        if (event.type !== 'BOOKMARK') notice();
      }
    }
    await clock.sleep(RESTART_MS, signal).catch(() => undefined);
  }
}
