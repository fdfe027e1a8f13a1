import type { Interrupt } from '../host/interrupt.ts';
import { printNotice } from './output/notice.ts';

/** A signal that aborts at the second request to stop. The run then stops waiting for its revert and reports what remains. */
export function secondStopSignal(interrupt: Interrupt): AbortSignal {
  const controller = new AbortController();
  interrupt.onRequest(count => {
    if (count === 1) printNotice('stopping; the fault is being reverted and checked');
    else controller.abort(new Error('asked again'));
  });
  return controller.signal;
}
