import { dangerOf } from '../../../experiment/danger.ts';
import { messageOf } from '../../../text/message-of.ts';
import { type Context, notify, open } from '../../app/context.ts';
import { createLatest } from '../../app/latest.ts';
import { ARM_MS, armed, withErased, withTyped } from '../../store/arming.ts';
import { armLock, chosen, injectLock } from '../../store/select.ts';
import { type Check, screenOf } from '../../store/state.ts';

/** The cursor must rest this long before the plan of an experiment is requested. */
const REST_MS = 250;

/** Picker, preview and arming. */
export interface Catalogue {
  load(): Promise<void>;
  /** Requests, a moment later, the plan of the experiment under the cursor, unless it is known. */
  look(): void;
  recheck(): void;
  arm(): Promise<void>;
  disarm(): void;
  /** A character or a paste for the name that unlocks fire. */
  type(text: string): void;
  erase(): void;
}

export function createCatalogue(context: Context): Catalogue {
  const { store, deps } = context;
  const asking = createLatest(context.ended);
  const newest = new Map<string, AbortSignal>();
  const armMs = deps.settings.armMs ?? ARM_MS;

  const setCheck = (path: string, check: Check): void =>
    store.setState(({ checks }) => ({ checks: new Map(checks).set(path, check) }));

  /** Requests a preflight; an answer older than the last question about the same experiment is dropped. */
  async function check(path: string, signal: AbortSignal): Promise<void> {
    const entry = store.getState().catalogue?.find(one => one.path === path);
    const { session } = context;
    if (!entry?.loaded || !session) return;
    newest.set(path, signal);
    setCheck(path, { state: 'checking' });
    const answer = await session.preflight(entry.loaded, signal).then(
      (preflight): Check => ({ state: 'ready', preflight, at: context.now().monotonic }),
      (error: unknown): Check => ({ state: 'failed', reason: messageOf(error) }),
    );
    if (newest.get(path) === signal) setCheck(path, signal.aborted ? { state: 'waiting' } : answer);
  }

  async function lookAfter(ms: number): Promise<void> {
    const signal = asking.begin();
    const rested = await deps.clock.sleep(ms, signal).then(
      () => true,
      () => false,
    );
    const state = store.getState();
    const path = chosen(state)?.path;
    if (!rested || path === undefined) return;
    await check(path, signal);
  }

  function disarm(): void {
    if (store.getState().armed) store.setState({ armed: undefined });
  }

  return {
    async load() {
      try {
        store.setState({ catalogue: await deps.catalogue() });
      } catch (error) {
        store.setState({ catalogue: [] });
        notify(context, `experiments could not be read: ${messageOf(error)}`, 'bad', 30_000);
      }
    },
    look() {
      disarm();
      const state = store.getState();
      const path = chosen(state)?.path;
      if (path === undefined || state.link.state !== 'connected') return;
      if (state.checks.get(path)?.state === 'ready') {
        asking.stop();
        return;
      }
      void lookAfter(REST_MS);
    },
    recheck() {
      disarm();
      void lookAfter(0);
    },
    async arm() {
      open(context, 'plan');
      const path = chosen(store.getState())?.path;
      if (path === undefined) return;
      const lock = injectLock(store.getState(), context.now());
      if (lock !== undefined) return notify(context, lock, 'warn');
      disarm();
      // Arming reads the target anew instead of using what was read when the cursor passed.
      await check(path, asking.begin());
      const state = store.getState();
      const still = chosen(state);
      if (still?.path !== path || still.loaded === undefined || screenOf(state) !== 'plan') return;
      const why = armLock(state, context.now());
      if (why !== undefined) return notify(context, `not armed: ${why}`, 'warn');
      const ready = state.checks.get(path);
      if (ready?.state !== 'ready') return;
      const { link } = state;
      const isGuarded = link.state === 'connected' && link.isProtected && dangerOf(still.loaded.experiment) === 'high';
      store.setState({
        armed: {
          path,
          preflight: ready.preflight,
          ...armed(isGuarded ? link.context : undefined, context.now().monotonic, armMs),
        },
      });
    },
    disarm,
    type(text) {
      const { armed: now } = store.getState();
      if (now) store.setState({ armed: withTyped(now, text, context.now().monotonic, armMs) });
    },
    erase() {
      const { armed: now } = store.getState();
      if (now) store.setState({ armed: withErased(now) });
    },
  };
}
