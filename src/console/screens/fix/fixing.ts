import { messageOf } from '../../../text/message-of.ts';
import { sanitise } from '../../../text/sanitise.ts';
import type { Finding } from '../../../triage/finding/finding.ts';
import { type Context, notify, open, stream } from '../../app/context.ts';
import { paneOf } from '../../store/pane.ts';
import { protectedContext } from '../../store/select.ts';
import type { ConsoleState } from '../../store/state.ts';
import { type FixEnd, type FixPlan, justDone, NO_FIX } from './view.ts';

/** What is to be fixed: a finding, and what follows from it. */
interface ToFix {
  finding: Finding;
  follows: readonly Finding[];
}

/** Plans and does a fix of triage's, after a person saw what it writes. */
export interface Fixing {
  /** Plans a fix of this finding and shows it: the best, or the one that is named. */
  ask(what: ToFix, fix?: string): void;
  /** Plans the next fix of the same finding. */
  another(): void;
  /** Does what was shown. */
  confirm(): void;
  /** Creates again what the fix has just deleted. */
  putBack(): void;
  type(text: string): void;
  erase(): void;
}

/** The name that must be typed before a fix, where the context is protected. */
export const nameToType = (state: ConsoleState): string | undefined =>
  state.fix.phase === 'asking' ? protectedContext(state) : undefined;

/** Why nothing can be done now. */
export function fixLock(state: ConsoleState): string | undefined {
  const { settings, fix } = state;
  if (settings.readOnly) return 'read-only: started with --read-only';
  if (fix.phase !== 'asking') return 'nothing is planned';
  const name = nameToType(state);
  return name === undefined || fix.typed === name ? undefined : `${name} is protected: type its name first`;
}

/** Why nothing can be put back. */
export const putBackLock = ({ fix: { phase, end } }: ConsoleState): string | undefined =>
  phase === 'done' && end?.saved !== undefined ? undefined : 'nothing was deleted that could be put back';

const MOST_DONE = 20;

export function createFixing(context: Context, after: () => void): Fixing {
  let what: ToFix | undefined;
  const { view, update } = paneOf(context.store, 'fix');
  const failed = (error: unknown): void => update({ phase: 'failed', message: sanitise(messageOf(error), 300) });

  async function plan(fix: string | undefined): Promise<void> {
    const { session } = context;
    if (!session || !what) return;
    const { finding, follows } = what;
    update(({ done }) => ({ ...NO_FIX, done }));
    try {
      const planned = await session.planFix(finding, fix, follows);
      const just = justDone(view(), finding.object, context.now().server);
      const warnings = just === undefined ? planned.warnings : [sanitise(just, 300), ...planned.warnings];
      update({ phase: 'asking', plan: { ...planned, warnings } });
    } catch (error) {
      failed(error);
    }
  }

  async function apply(session: NonNullable<Context['session']>, { finding, follows }: ToFix, shown: FixPlan) {
    const end = await session.applyFix(finding, shown, follows);
    const one = { object: finding.object, title: shown.title, at: context.now().server };
    if (end.isDone) update(({ done }) => ({ done: [...done, one].slice(-MOST_DONE) }));
    return end;
  }

  async function act(work: () => Promise<FixEnd>): Promise<void> {
    update({ phase: 'doing' });
    try {
      const end = await work();
      update({ phase: 'done', end });
      const tone = end.isDone ? 'ok' : 'bad';
      stream(
        context,
        end.lines.slice(0, 1).map(text => ({ at: context.now().server, text: `FIX  ${text}`, tone })),
      );
      after();
    } catch (error) {
      failed(error);
      notify(context, 'the fix ended with an error: look at the object before you try again', 'bad', 30_000);
    }
  }

  return {
    ask(asked, fix) {
      what = asked;
      open(context, 'fix');
      void plan(fix);
    },
    another() {
      const { plan: shown } = view();
      const next = shown?.others[0];
      if (next === undefined) return notify(context, 'there is no other fix', 'warn');
      void plan(next.fix);
    },
    confirm() {
      const { session } = context;
      const { plan: shown } = view();
      const asked = what;
      if (session && asked && shown) void act(() => apply(session, asked, shown));
    },
    putBack() {
      const { session } = context;
      const path = view().end?.saved;
      if (session && path !== undefined) void act(() => session.putBack(path));
    },
    type: text => update({ typed: (view().typed + text).slice(0, 200) }),
    erase: () => update({ typed: view().typed.slice(0, -1) }),
  };
}
