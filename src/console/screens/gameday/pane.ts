import type { Day } from '../../../gameday/day/order.ts';
import type { By } from '../../../gameday/journal/record.ts';
import { messageOf } from '../../../text/message-of.ts';
import { type Context, notify } from '../../app/context.ts';
import type { DayFacts } from '../../session/day.ts';
import { type Pane, paneOf } from '../../store/pane.ts';
import type { Asking, DayView } from './view.ts';

/** The state of the game-day's screens, the day that is led, and how its parts change them. */
export interface DayPane extends Pane<DayView> {
  /** The day that was begun, and who leads it here. */
  led: { day: Day | undefined; by: By; answerFor: DayFacts['answerFor'] };
  /** Records what people do. A failed write to the disk must not end the console. */
  written(work: Promise<unknown>): void;
}

/** The game-day's part of a cluster's store, before a day has begun. */
export function dayPane(context: Context): DayPane {
  return {
    ...paneOf(context.store, 'day'),
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

export function createQuestions({ update }: Pick<DayPane, 'update'>): Questions {
  let answers: ((answer: never) => void) | undefined;
  return {
    ask: <T>(asking: Asking, signal: AbortSignal, otherwise: T) =>
      new Promise<T>(resolve => {
        const done = (answer: T) => {
          signal.removeEventListener('abort', giveUp);
          answers = undefined;
          update({ asking: undefined });
          resolve(answer);
        };
        const giveUp = () => done(otherwise);
        if (signal.aborted) return resolve(otherwise);
        signal.addEventListener('abort', giveUp, { once: true });
        answers = done as (answer: never) => void;
        update({ asking });
      }),
    reply: answer => (answers as ((answer: unknown) => void) | undefined)?.(answer),
  };
}
