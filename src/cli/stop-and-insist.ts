import type { Interrupt } from '../host/interrupt.ts';
import { tell } from './tell.ts';

/** Aborts at the second request to stop while reverting: what remains is said then; reverting goes on. */
export function insisting(interrupt: Interrupt): AbortSignal {
  const controller = new AbortController();
  interrupt.onRequest(count => {
    if (count === 1) tell('stopping; the fault is being reverted and checked');
    else controller.abort(new Error('asked again'));
  });
  return controller.signal;
}
