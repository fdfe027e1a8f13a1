import { type Context, notify } from '../../app/context.ts';
import { paneOf } from '../../store/pane.ts';
import { wordsOf } from './attempt.ts';

/** Lets injections through again, and says so. */
export async function liftLatch(context: Context): Promise<void> {
  const { session, store } = context;
  if (session === undefined) return;
  const problem = await session.liftLatch().catch(wordsOf);
  if (problem !== undefined) return notify(context, `the latch is not lifted: ${problem}`, 'bad', 30_000);
  paneOf(store, 'mayday').update(({ end }) => ({ latch: '', end: end && { ...end, latched: false } }));
  notify(context, 'latch off, read again: experiments can be fired', 'ok');
}
