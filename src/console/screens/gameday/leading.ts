import { STOPPED_ITEM } from '../../../gameday/day/stopped-item.ts';
import { type Context, notify } from '../../app/context.ts';
import type { Runs } from '../../app/runs.ts';
import { pressFor } from '../../keymap/remap.ts';
import { beginDay, humanOf } from './beginning.ts';
import { createNotes, type Notes } from './notes.ts';
import { createOutcomeSteps, type OutcomeSteps } from './outcome.ts';
import { createQuestions, dayPane } from './pane.ts';

/** The game-day of this console. */
export interface Leading extends Notes, OutcomeSteps {
  /** Finds the plans that could be begun. */
  learn(): Promise<void>;
  /** Begins the plan under the cursor, or what the command line named. */
  begin(path?: string): void;
  /** The next step: begins the day, arms a scenario, or says that a scenario done by hand is over. Changes nothing in the cluster. */
  next(): void;
  /** Injects what is armed. */
  inject(): void;
  checkAgain(): void;
  /** The owner takes responsibility for the items that failed, except for a stopped day. */
  answerFor(): void;
  skip(): void;
  stop(): void;
  unlatch(): void;
  /** "I see it", at the moment of the key. */
  seen(): void;
  /** Puts the cursor on this plan. */
  put(path: string): void;
}

/** How long an armed scenario may be injected. */
const ARMED_MS = 10_000;

/** `putBack` is called when the faults that a dead process left were reverted. */
export function createLeading(context: Context, runs: Runs, putBack: () => void): Leading {
  const { store, deps } = context;
  const pane = dayPane(context);
  const { view, update, led, written } = pane;
  const questions = createQuestions(pane);
  const { reply } = questions;
  const human = humanOf(questions, pane);
  const now = () => context.now();
  const begin = (path?: string): void => beginDay(context, runs, pane, { human, path, putBack });

  function nextStep(): void {
    const { asking } = view();
    const isToBegin = view().phase === 'none' || view().phase === 'failed';
    if (isToBegin) begin();
    if (asking?.is === 'by-hand') reply(undefined);
    if (asking?.is !== 'next') return;
    const isByHand = view().scenarios.find(({ name }) => name === asking.scenario)?.byHand !== undefined;
    const press = (id: string, usual: string): string => pressFor(store.getState().settings.keys, 'gameday', id, usual);
    if (!asking.ok)
      notify(
        context,
        `the safety check failed: ${press('again', 'c')} repeats it, ${press('skip', 's')} skips the scenario`,
        'warn',
      );
    else if (isByHand) reply('go');
    else update({ asking: { ...asking, armedUntil: now().monotonic + ARMED_MS } });
  }

  return {
    ...createNotes(context, pane),
    ...createOutcomeSteps(pane, questions),
    async learn() {
      update({ plans: (await deps.plans?.().catch(() => [])) ?? [] });
    },
    begin,
    next: nextStep,
    inject() {
      const { asking } = view();
      if (asking?.is === 'next' && (asking.armedUntil ?? 0) > now().monotonic) reply('go');
    },
    checkAgain: () => void (view().asking?.is === 'next' && reply('check')),
    answerFor() {
      const { asking } = view();
      if (asking?.is !== 'next') return;
      led.answerFor(asking.items.flatMap(({ name, ok }) => (ok || name === STOPPED_ITEM ? [] : [name])));
      reply('check');
    },
    skip: () => void (view().asking?.is === 'next' && reply('skip')),
    stop() {
      if (led.day) written(led.day.stop(led.by, 'from the console'));
      if (view().asking?.is === 'next') reply('check');
    },
    unlatch() {
      if (!led.day) return;
      written(
        led.day.unlatch(led.by).then(isOff => {
          if (!isOff)
            notify(context, `only the owner can let a stopped day continue, and your role is ${led.by.role}`, 'warn');
          else if (view().asking?.is === 'next') reply('check');
        }),
      );
    },
    seen() {
      if (!led.day) return;
      written(led.day.seen(led.by, now().server));
      notify(context, `${led.by.name} sees it`, 'ok');
    },
    put: path => update({ at: Math.max(0, view().plans.indexOf(path)) }),
  };
}
