import { dangerOf } from '../../../experiment/danger.ts';
import { type Context, notify, open } from '../../app/context.ts';
import { ARM_MS, armed, withErased, withTyped } from '../../store/arming.ts';
import { armLock, chosen, injectLock, protectedContext } from '../../store/select.ts';
import { screenOf } from '../../store/state.ts';
import type { Checking } from './checking.ts';

/** Arms the experiment under the cursor with the plan that is then fired. */
export interface ExperimentArming {
  /** Opens the plan, requests it again and arms it. */
  arm(): Promise<void>;
  disarm(): void;
  /** A character or a paste for the name that unlocks fire. */
  type(text: string): void;
  erase(): void;
}

/** Nothing is armed yet. */
export function createExperimentArming(context: Context, { check }: Checking): ExperimentArming {
  const { store, deps } = context;
  const armMs = deps.settings.armMs ?? ARM_MS;
  const monotonic = () => context.now().monotonic;

  function disarm(): void {
    if (store.getState().armed) store.setState({ armed: undefined });
  }

  /** Arms the plan that was just read; says why where it cannot be armed. */
  function armChecked(path: string): void {
    const state = store.getState();
    const entry = chosen(state);
    if (entry?.path !== path || entry.loaded === undefined || screenOf(state) !== 'plan') return;
    const why = armLock(state, context.now());
    const ready = state.checks.get(path);
    if (why !== undefined) notify(context, `not armed: ${why}`, 'warn');
    if (why !== undefined || ready?.state !== 'ready') return;
    const mustType = dangerOf(entry.loaded.experiment) === 'high' ? protectedContext(state) : undefined;
    store.setState({ armed: { path, preflight: ready.preflight, ...armed(mustType, monotonic(), armMs) } });
  }

  return {
    async arm() {
      open(context, 'plan');
      const path = chosen(store.getState())?.path;
      if (path === undefined) return;
      const lock = injectLock(store.getState(), context.now());
      if (lock !== undefined) return notify(context, lock, 'warn');
      disarm();
      // Arming reads the target again instead of using what was read when the cursor passed.
      await check(path);
      armChecked(path);
    },
    disarm,
    type(text) {
      const { armed: now } = store.getState();
      if (now) store.setState({ armed: withTyped(now, text, monotonic(), armMs) });
    },
    erase() {
      const { armed: now } = store.getState();
      if (now) store.setState({ armed: withErased(now) });
    },
  };
}
