import type { SandboxContext } from '../context.ts';
import { StatusError } from '../status.ts';
import type { StoreEvent } from '../store.ts';

/** One reconciler: which changes concern it, and what it does about one key. */
export interface Controller {
  name: string;
  /** By resource: the keys to reconcile after a change. */
  watches: Readonly<Record<string, (event: StoreEvent) => Iterable<string>>>;
  /** How long changes are collected before a key is reconciled; no delay when absent. */
  batchMs?: number;
  /** Reconciles one key. A returned number means: reconcile again after that many milliseconds. */
  reconcile(key: string): Promise<number | undefined> | number | undefined;
}

/** A failure that is not a refusal of the API: a bug of the sandbox itself. */
export interface Failure {
  controller: string;
  key: string;
  error: unknown;
}

/** Runs controllers until it is stopped. */
export interface ControllerManager {
  add(controller: Controller): void;
  /** Reconciles the key now, or after `afterMs` milliseconds. */
  enqueue(controller: string, key: string, afterMs?: number): void;
  stop(): void;
  readonly failures: readonly Failure[];
}

/** Pauses after failures, milliseconds: doubled from the first to the longest. */
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

/** The state of a running controller manager; ids are `controller key`. */
interface Running {
  readonly clock: SandboxContext['clock'];
  /** What is to be reconciled now, in order. */
  readonly queue: Map<string, { controller: Controller; key: string }>;
  /** What is being reconciled: no second time at once. */
  readonly busy: Set<string>;
  /** Failed tries in a row. */
  readonly retries: Map<string, number>;
  readonly delayed: Map<string, { at: number; cancel(): void }>;
  readonly failures: Failure[];
  /** The next turn of work, if one is due. */
  turn: { cancel(): void } | undefined;
  stopped: boolean;
}

const idOf = (controller: Controller, key: string): string => `${controller.name} ${key}`;

/**
 * Runs controllers over a store: changes are queued as keys, equal keys are reconciled once, and refused writes are
 * retried later.
 */
export function createControllerManager({ store, clock }: Pick<SandboxContext, 'store' | 'clock'>): ControllerManager {
  const controllers = new Map<string, Controller>();
  const unwatch: (() => void)[] = [];
  const running: Running = {
    clock,
    queue: new Map(),
    busy: new Set(),
    retries: new Map(),
    delayed: new Map(),
    failures: [],
    turn: undefined,
    stopped: false,
  };
  return {
    failures: running.failures,
    add(controller) {
      controllers.set(controller.name, controller);
      for (const [resource, keys] of Object.entries(controller.watches))
        unwatch.push(
          store.watch(resource, event => {
            for (const key of keys(event)) enqueueAfter(running, controller, key, controller.batchMs);
          }),
        );
    },
    enqueue(name, key, afterMs) {
      const controller = controllers.get(name);
      if (controller && !running.stopped) enqueueAfter(running, controller, key, afterMs);
    },
    stop() {
      running.stopped = true;
      running.turn?.cancel();
      for (const stop of unwatch) stop();
      for (const timer of running.delayed.values()) timer.cancel();
      running.queue.clear();
    },
  };
}

function enqueueAfter(running: Running, controller: Controller, key: string, ms: number | undefined): void {
  if (ms === undefined) enqueueNow(running, controller, key);
  else enqueueLater(running, controller, key, ms);
}

function enqueueNow(running: Running, controller: Controller, key: string): void {
  running.queue.set(idOf(controller, key), { controller, key });
  scheduleTurn(running);
}

/** Enqueues a key after `ms`, unless it is enqueued earlier anyway. */
function enqueueLater(running: Running, controller: Controller, key: string, ms: number): void {
  const { clock, delayed } = running;
  const id = idOf(controller, key);
  const at = clock.now() + ms;
  const pending = delayed.get(id);
  if (pending && pending.at <= at) return;
  pending?.cancel();
  const timer = clock.setTimeout(() => {
    delayed.delete(id);
    enqueueNow(running, controller, key);
  }, ms);
  delayed.set(id, { at, cancel: () => timer.cancel() });
}

function scheduleTurn(running: Running): void {
  if (!running.turn && !running.stopped) running.turn = running.clock.setTimeout(() => work(running), 0);
}

function work(running: Running): void {
  const { queue, busy } = running;
  running.turn = undefined;
  let left = PER_TURN;
  for (const [id, { controller, key }] of queue) {
    if (busy.has(id)) continue;
    if (left-- === 0) break;
    queue.delete(id);
    reconcile(running, controller, key);
  }
  if ([...queue.keys()].some(id => !busy.has(id))) scheduleTurn(running);
}

function reconcile(running: Running, controller: Controller, key: string): void {
  try {
    const outcome = controller.reconcile(key);
    if (outcome instanceof Promise) void awaitOutcome(running, controller, key, outcome);
    else succeeded(running, controller, key, outcome);
  } catch (error) {
    failed(running, controller, key, error);
  }
}

async function awaitOutcome(
  running: Running,
  controller: Controller,
  key: string,
  outcome: Promise<number | undefined>,
): Promise<void> {
  const id = idOf(controller, key);
  running.busy.add(id);
  try {
    succeeded(running, controller, key, await outcome);
  } catch (error) {
    failed(running, controller, key, error);
  } finally {
    running.busy.delete(id);
    if (running.queue.has(id)) scheduleTurn(running);
  }
}

function succeeded(running: Running, controller: Controller, key: string, againMs: number | undefined): void {
  running.retries.delete(idOf(controller, key));
  if (againMs !== undefined) enqueueLater(running, controller, key, againMs);
}

function failed(running: Running, controller: Controller, key: string, error: unknown): void {
  const id = idOf(controller, key);
  if (!(error instanceof StatusError)) running.failures.push({ controller: controller.name, key, error });
  const tries = (running.retries.get(id) ?? 0) + 1;
  running.retries.set(id, tries);
  enqueueLater(running, controller, key, Math.min(LONGEST_RETRY, FIRST_RETRY * 2 ** (tries - 1)));
}
