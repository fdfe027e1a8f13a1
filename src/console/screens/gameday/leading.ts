import type { Human } from '../../../gameday/day/human.ts';
import type { Day } from '../../../gameday/day/order.ts';
import { STOPPED_ITEM } from '../../../gameday/day/stopped-item.ts';
import type { By, Outcome } from '../../../gameday/journal/record.ts';
import { messageOf } from '../../../text/message-of.ts';
import { type Context, notify, open } from '../../app/context.ts';
import type { Runs } from '../../app/runs.ts';
import { pressFor } from '../../keymap/remap.ts';
import { agendaOf, withUpdate } from './updates.ts';
import type { Asking, DayView } from './view.ts';

/** The game-day of this console. */
export interface Leading {
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
  outcome(said: Outcome['outcome']): void;
  answer(yes: boolean, by?: 'monitoring'): void;
  /** "I see it", at the moment of the key. */
  seen(): void;
  openNote(): void;
  typeNote(text: string): void;
  eraseNote(): void;
  saveNote(): void;
  /** Puts the cursor on this plan. */
  put(path: string): void;
}

/** How long an armed scenario may be injected. */
const ARMED_MS = 10_000;
const LONGEST_NOTE = 400;

/** `putBack` is called when the faults that a dead process left were reverted. */
export function createLeading(context: Context, runs: Runs, putBack: () => void): Leading {
  const { store, deps } = context;
  let day: Day | undefined;
  let by: By = { name: '', role: 'observer' };
  let answerFor: (items: readonly string[]) => void = () => undefined;
  let answers: ((answer: never) => void) | undefined;
  const now = () => context.now();
  const view = (): DayView => store.getState().day;
  const set = (change: Partial<DayView>): void => store.setState(state => ({ day: { ...state.day, ...change } }));

  /** Asks on the screen; resolves with `otherwise` when the signal aborts. */
  function ask<T>(asking: Asking, signal: AbortSignal, otherwise: T): Promise<T> {
    return new Promise<T>(resolve => {
      const done = (answer: T) => {
        signal.removeEventListener('abort', giveUp);
        answers = undefined;
        set({ asking: undefined });
        resolve(answer);
      };
      const giveUp = () => done(otherwise);
      if (signal.aborted) return resolve(otherwise);
      signal.addEventListener('abort', giveUp, { once: true });
      answers = done as (answer: never) => void;
      set({ asking });
    });
  }
  const reply = (answer: unknown): void => (answers as ((answer: unknown) => void) | undefined)?.(answer);

  const human: Human = {
    next: ({ scenario }, { ok, items }, signal) =>
      ask({ is: 'next', scenario: scenario.name, ok, items }, signal, 'stop'),
    byHand: ({ scenario }, signal) => ask<void>({ is: 'by-hand', scenario: scenario.name }, signal, undefined),
    outcome: async ({ scenario }, ended, signal) => {
      const so: Partial<Outcome> = ended.seenBy === undefined ? {} : { detected: true, detectedBy: ended.seenBy };
      const asking: Asking = { is: 'outcome', scenario: scenario.name, step: 'outcome', so };
      const said = await ask<Outcome>(asking, signal, { outcome: 'unsure', ...so });
      return { ...said, by };
    },
  };

  function begin(path?: string): void {
    const { session } = context;
    const chosen = path ?? view().plans[view().at];
    const missing = !session
      ? 'not connected yet'
      : chosen === undefined
        ? 'no plan to begin: mayday --gameday FILE'
        : undefined;
    if (missing !== undefined) notify(context, missing, 'warn');
    if (!session || chosen === undefined) return;
    if (view().phase === 'opening' || view().phase === 'under way') return;
    open(context, 'gameday');
    set({ phase: 'opening', message: chosen, asking: undefined });
    const { person } = deps.settings;
    session
      .leadDay({
        path: chosen,
        ...(person === undefined ? {} : { person }),
        human,
        signal: context.ended,
        stopWaiting: new AbortController().signal,
        run: (loaded, emit, start) => runs.lead(loaded, emit, start),
        begun(begun, facts) {
          day = begun;
          by = facts.by;
          answerFor = facts.answerFor;
          const { notes, begin: head } = facts.soFar;
          set({
            phase: 'under way',
            facts,
            scenarios: agendaOf(facts),
            notes,
            journal: begun.journal,
            latched: begun.latched(),
            ...(head === undefined ? {} : { beganAt: head.at }),
          });
        },
        onUpdate(update) {
          set(withUpdate(view(), update));
          if (update.is === 'entry' && update.entry.kind === 'lifted') putBack();
          if (update.is === 'entry' && update.entry.kind === 'tripped')
            notify(
              context,
              `TRIPPED ${update.entry.condition}: ${update.entry.says}; the fault is being reverted`,
              'alarm',
              30_000,
            );
        },
      })
      .then(
        end => set({ phase: 'over', message: `${end.says}; exit code ${end.exitCode}`, asking: undefined }),
        (error: unknown) => set({ phase: 'failed', message: messageOf(error) }),
      );
  }

  /** Records what people do. A failed write to the disk must not end the console. */
  const written = (work: Promise<unknown>): void =>
    void work.catch((error: unknown) => notify(context, messageOf(error), 'bad', 30_000));

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
    else set({ asking: { ...asking, armedUntil: now().monotonic + ARMED_MS } });
  }

  /** Who detected the fault of the scenario in question. */
  function whoOf({ scenario, so }: Extract<Asking, { is: 'outcome' }>, who: 'monitoring' | undefined): string {
    if (who === undefined) return so.detectedBy ?? by.name;
    const alert = view().scenarios.find(({ name }) => name === scenario)?.alert;
    return alert === undefined ? who : `${who} (alert ${alert})`;
  }

  function answer(step: Partial<Outcome>): void {
    const { asking } = view();
    if (asking?.is !== 'outcome') return;
    const so = { ...asking.so, ...step };
    if (asking.step === 'outcome') set({ asking: { ...asking, so, step: 'detected' } });
    else if (asking.step === 'detected') set({ asking: { ...asking, so, step: 'mitigated' } });
    else reply({ outcome: 'unsure', ...so });
  }

  return {
    async learn() {
      set({ plans: (await deps.plans?.().catch(() => [])) ?? [] });
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
      answerFor(asking.items.flatMap(({ name, ok }) => (ok || name === STOPPED_ITEM ? [] : [name])));
      reply('check');
    },
    skip: () => void (view().asking?.is === 'next' && reply('skip')),
    stop() {
      if (day) written(day.stop(by, 'from the console'));
      if (view().asking?.is === 'next') reply('check');
    },
    unlatch() {
      if (!day) return;
      written(
        day.unlatch(by).then(isOff => {
          if (!isOff)
            notify(context, `only the owner can let a stopped day continue, and your role is ${by.role}`, 'warn');
          else if (view().asking?.is === 'next') reply('check');
        }),
      );
    },
    outcome: said => answer({ outcome: said }),
    answer(yes, who) {
      const { asking } = view();
      if (asking?.is !== 'outcome') return;
      if (asking.step === 'mitigated') answer({ mitigated: yes });
      else answer(yes ? { detected: true, detectedBy: whoOf(asking, who) } : { detected: false });
    },
    seen() {
      if (!day) return;
      written(day.seen(by, now().server));
      notify(context, `${by.name} sees it`, 'ok');
    },
    openNote() {
      set({ note: { at: now().server, text: '' } });
      open(context, 'note');
    },
    typeNote(text) {
      const { note } = view();
      if (note) set({ note: { ...note, text: (note.text + text).slice(0, LONGEST_NOTE) } });
    },
    eraseNote() {
      const { note } = view();
      if (note) set({ note: { ...note, text: [...note.text].slice(0, -1).join('') } });
    },
    saveNote() {
      const { note } = view();
      set({ note: undefined });
      if (!day || note === undefined || note.text.trim() === '') return;
      const { text, tag } = tagged(note.text);
      written(day.note(by, text, note.at, tag));
    },
    put: path => set({ at: Math.max(0, view().plans.indexOf(path)) }),
  };
}

/** `#alert pager went off` is a note that is tagged `alert`. */
function tagged(text: string): { text: string; tag?: string } {
  const [, tag, rest] = /^#([\w-]+)\s+(.*)$/s.exec(text.trim()) ?? [];
  return tag === undefined || rest === undefined ? { text: text.trim() } : { text: rest, tag };
}
