import type { SandboxContext } from '../context.ts';
import { StatusError } from '../status.ts';
import type { StoreEvent } from '../store.ts';

/** One reconciler: which changes concern it, and what it does about one key. */
export interface Controller {
  name: string;
  /** By resource: the keys to reconcile after a change. */
  watches: Readonly<Record<string, (event: StoreEvent) => Iterable<string>>>;
  /** How long changes are collected before a key is reconciled; no delay when absent. */
  gatherMs?: number;
  /** Reconciles one key. A returned number means: reconcile again after that many milliseconds. */
  reconcile(key: string): Promise<number | undefined> | number | undefined;
}

/** A failure that is not a refusal of the API: a bug of the sandbox itself. */
export interface Failure {
  controller: string;
  key: string;
  error: unknown;
}

export interface Engine {
  add(controller: Controller): void;
  /** Reconciles the key now, or after `afterMs` milliseconds. */
  enqueue(controller: string, key: string, afterMs?: number): void;
  stop(): void;
  readonly failures: readonly Failure[];
}

const FIRST_RETRY = 50;
const LONGEST_RETRY = 30_000;
/** The most reconciliations in one turn of the event loop, so that requests are not held up. */
const PER_TURN = 250;

/** `namespace/name`, or `/name`. */
export const keyOf = (o: { metadata: { namespace?: string; name: string } }): string =>
  `${o.metadata.namespace ?? ''}/${o.metadata.name}`;

/** Namespace (undefined when cluster-scoped) and name of a key. */
export function placeOfKey(key: string): { namespace: string | undefined; name: string } {
  const slash = key.indexOf('/');
  return { namespace: slash > 0 ? key.slice(0, slash) : undefined, name: key.slice(slash + 1) };
}

/** The key of the changed object itself. */
export const ownKey = (event: StoreEvent): string[] => [keyOf(event.object)];

/**
 * Runs controllers over a store: changes are queued as keys, equal keys are reconciled once, and refused writes are
 * retried later.
 */
export function createEngine({ store, clock }: Pick<SandboxContext, 'store' | 'clock'>): Engine {
  const controllers = new Map<string, Controller>();
  const dirty = new Map<string, { controller: Controller; key: string }>();
  const busy = new Set<string>();
  const retries = new Map<string, number>();
  const later = new Map<string, { at: number; cancel(): void }>();
  const unwatch: (() => void)[] = [];
  const failures: Failure[] = [];
  let turn: { cancel(): void } | undefined;
  let stopped = false;

  const wake = () => {
    if (!turn && !stopped) turn = clock.setTimeout(work, 0);
  };
  const mark = (controller: Controller, key: string) => {
    dirty.set(`${controller.name} ${key}`, { controller, key });
    wake();
  };
  const markLater = (controller: Controller, key: string, ms: number) => {
    const id = `${controller.name} ${key}`;
    const at = clock.now() + ms;
    const pending = later.get(id);
    if (pending && pending.at <= at) return;
    pending?.cancel();
    const timer = clock.setTimeout(() => {
      later.delete(id);
      mark(controller, key);
    }, ms);
    later.set(id, { at, cancel: () => timer.cancel() });
  };
  const failed = (controller: Controller, key: string, error: unknown) => {
    const id = `${controller.name} ${key}`;
    if (!(error instanceof StatusError)) failures.push({ controller: controller.name, key, error });
    const tries = (retries.get(id) ?? 0) + 1;
    retries.set(id, tries);
    markLater(controller, key, Math.min(LONGEST_RETRY, FIRST_RETRY * 2 ** (tries - 1)));
  };
  const succeeded = (controller: Controller, key: string, again: number | undefined) => {
    retries.delete(`${controller.name} ${key}`);
    if (again !== undefined) markLater(controller, key, again);
  };
  const settle = async (controller: Controller, key: string, outcome: Promise<number | undefined>) => {
    const id = `${controller.name} ${key}`;
    busy.add(id);
    try {
      succeeded(controller, key, await outcome);
    } catch (error) {
      failed(controller, key, error);
    } finally {
      busy.delete(id);
      if (dirty.has(id)) wake();
    }
  };
  const run = (controller: Controller, key: string) => {
    try {
      const outcome = controller.reconcile(key);
      if (outcome instanceof Promise) void settle(controller, key, outcome);
      else succeeded(controller, key, outcome);
    } catch (error) {
      failed(controller, key, error);
    }
  };
  const work = () => {
    turn = undefined;
    let left = PER_TURN;
    for (const [id, { controller, key }] of dirty) {
      if (busy.has(id)) continue;
      if (left-- === 0) break;
      dirty.delete(id);
      run(controller, key);
    }
    if ([...dirty.keys()].some(id => !busy.has(id))) wake();
  };

  return {
    failures,
    add(controller) {
      controllers.set(controller.name, controller);
      for (const [resource, keys] of Object.entries(controller.watches)) {
        unwatch.push(
          store.watch(resource, event => {
            for (const key of keys(event)) {
              if (controller.gatherMs === undefined) mark(controller, key);
              else markLater(controller, key, controller.gatherMs);
            }
          }),
        );
      }
    },
    enqueue(name, key, afterMs) {
      const controller = controllers.get(name);
      if (!controller || stopped) return;
      if (afterMs === undefined) mark(controller, key);
      else markLater(controller, key, afterMs);
    },
    stop() {
      stopped = true;
      turn?.cancel();
      for (const stop of unwatch) stop();
      for (const timer of later.values()) timer.cancel();
      dirty.clear();
    },
  };
}
