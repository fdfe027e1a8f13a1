import { messageOf } from '../../../text/message-of.ts';
import type { Context } from '../../app/context.ts';
import { createLatest } from '../../app/latest.ts';
import { chosen } from '../../store/select.ts';
import type { Check } from '../../store/state.ts';

/** Requests the plans of experiments, one at a time: a new request ends the one before. */
export interface Checking {
  /** Requests the plan of this experiment, and resolves when it is known. */
  check(path: string): Promise<void>;
  /** Requests, so many milliseconds later, the plan of the experiment that is then under the cursor. */
  checkChosenAfter(ms: number): void;
  /** Ends the request that is under way. */
  stop(): void;
}

/** No plan is requested yet. */
export function createChecking(context: Context): Checking {
  const { store, deps } = context;
  const asking = createLatest(context.ended);
  const newest = new Map<string, AbortSignal>();

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

  async function checkChosenAfter(ms: number): Promise<void> {
    const signal = asking.begin();
    const rested = await deps.clock.sleep(ms, signal).then(
      () => true,
      () => false,
    );
    const path = chosen(store.getState())?.path;
    if (!rested || path === undefined) return;
    await check(path, signal);
  }

  return {
    check: path => check(path, asking.begin()),
    checkChosenAfter: ms => void checkChosenAfter(ms),
    stop: asking.stop,
  };
}
