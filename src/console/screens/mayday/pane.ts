import { messageOf } from '../../../text/message-of.ts';
import { sanitise } from '../../../text/sanitise.ts';
import type { Context } from '../../app/context.ts';
import type { MaydayView } from '../../store/state.ts';

/** The state of the emergency screen, and how its parts change it. */
export interface MaydayPane {
  view(): MaydayView;
  update(change: (mayday: MaydayView) => Partial<MaydayView>): void;
}

/** The emergency screen's part of a cluster's store. */
export const maydayPane = ({ store }: Pick<Context, 'store'>): MaydayPane => ({
  view: () => store.getState().mayday,
  update: change => store.setState(({ mayday }) => ({ mayday: { ...mayday, ...change(mayday) } })),
});

/** An error as one line of the screen. */
export const wordsOf = (error: unknown): string => sanitise(messageOf(error), 200);

/** The result of work; undefined if it failed. The caller shows what is unknown then. */
export async function attemptQuietly<T>(work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch {
    return undefined;
  }
}
