import { messageOf } from '../../../text/message-of.ts';
import { sanitise } from '../../../text/sanitise.ts';
import type { Finding } from '../../../triage/finding/finding.ts';
import { type Context, notify, open, stream } from '../../app/context.ts';
import type { ConsoleState } from '../../store/state.ts';
import { type FixView, NO_FIX } from './view.ts';

/** Plans and does a fix of triage's, after a person saw what it writes. */
export interface Fixing {
  /** Plans a fix of this finding and shows it. */
  ask(finding: Finding): void;
  /** Plans the next fix of the same finding. */
  another(): void;
  /** Does what was shown. */
  confirm(): void;
}

/** Why nothing can be done now. */
export function fixLock({ settings, fix }: ConsoleState): string | undefined {
  if (settings.readOnly) return 'read-only: started with --read-only';
  return fix.phase === 'asking' ? undefined : 'nothing is planned';
}

export function createFixing(context: Context, after: () => void): Fixing {
  const { store } = context;
  let finding: Finding | undefined;
  const update = (changes: Partial<FixView>): void => store.setState(({ fix }) => ({ fix: { ...fix, ...changes } }));
  const failed = (error: unknown): void => update({ phase: 'failed', message: sanitise(messageOf(error), 300) });

  async function plan(fix: string | undefined): Promise<void> {
    const { session } = context;
    if (!session || !finding) return;
    update(NO_FIX);
    try {
      update({ phase: 'asking', plan: await session.planFix(finding, fix) });
    } catch (error) {
      failed(error);
    }
  }

  async function confirm(): Promise<void> {
    const { session } = context;
    const { plan: shown } = store.getState().fix;
    if (!session || !finding || !shown) return;
    update({ phase: 'doing' });
    try {
      const end = await session.applyFix(finding, shown);
      update({ phase: 'done', end });
      const tone = end.isDone ? 'ok' : 'bad';
      stream(
        context,
        end.lines.slice(0, 1).map(text => ({ at: context.now().server, text: `FIX  ${text}`, tone })),
      );
      after();
    } catch (error) {
      failed(error);
      notify(context, 'the fix broke off: look at the object before it is tried again', 'bad', 30_000);
    }
  }

  return {
    ask(asked) {
      finding = asked;
      open(context, 'fix');
      void plan(undefined);
    },
    another() {
      const { plan: shown } = store.getState().fix;
      const next = shown?.others[0];
      if (next === undefined) return notify(context, 'there is no other fix', 'warn');
      void plan(next);
    },
    confirm: () => void confirm(),
  };
}
