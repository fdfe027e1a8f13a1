import type { Day } from '../../../gameday/day/order.ts';
import type { By } from '../../../gameday/journal/record.ts';
import { messageOf } from '../../../text/message-of.ts';
import { type Context, notify } from '../../app/context.ts';
import type { DayFacts } from '../../session/day.ts';
import type { Asking, DayView } from './view.ts';

/** The state of the game-day's screens, the day that is led, and how its parts change them. */
export interface DayPane {
  view(): DayView;
  set(change: Partial<DayView>): void;
  /** The day that was begun, and who leads it here. */
  led: { day: Day | undefined; by: By; answerFor: DayFacts['answerFor'] };
  /** Records what people do. A failed write to the disk must not end the console. */
  written(work: Promise<unknown>): void;
}

/** The game-day's part of a cluster's store, before a day has begun. */
export function dayPane(context: Context): DayPane {
  const { store } = context;
  return {
    view: () => store.getState().day,
    set: change => store.setState(state => ({ day: { ...state.day, ...change } })),
    led: { day: undefined, by: { name: '', role: 'observer' }, answerFor: () => undefined },
    written: work => void work.catch((error: unknown) => notify(context, messageOf(error), 'bad', 30_000)),
  };
}

/** What the screen asks a person for the day, one thing at a time. */
export interface Questions {
  /** Asks on the screen; resolves with `otherwise` when the signal aborts. */
  ask<T>(asking: Asking, signal: AbortSignal, otherwise: T): Promise<T>;
  reply(answer: unknown): void;
}

export function createQuestions({ set }: Pick<DayPane, 'set'>): Questions {
  let answers: ((answer: never) => void) | undefined;
  return {
    ask: <T>(asking: Asking, signal: AbortSignal, otherwise: T) =>
      new Promise<T>(resolve => {
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
      }),
    reply: answer => (answers as ((answer: unknown) => void) | undefined)?.(answer),
  };
}
