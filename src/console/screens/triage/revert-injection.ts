import { sameName } from '../../../k8s/object-ref.ts';
import type { Finding } from '../../../triage/finding/finding.ts';
import { type Context, notify, open } from '../../app/context.ts';
import { pressFor } from '../../keymap/remap.ts';
import { allFaults, faultTarget } from '../../store/select.ts';

/**
 * The fix of an injection is its revert: opens the faults with the cursor on the one whose object the finding is about, and asks. Where it is
 * not among them yet, the faults screen looks for it, and the person is told which key comes next.
 */
export function revertInjection(context: Context, { object }: Finding): void {
  const { store } = context;
  const fault = allFaults(store.getState(), context.now()).find(entry => sameName(faultTarget(entry), object));
  open(context, 'faults');
  const { keys } = store.getState().settings;
  if (fault === undefined) {
    const press = pressFor(keys, 'faults', 'revert-one', 'r');
    notify(context, `put the cursor on the injection, then ${press}; ! reverts all`, 'warn', 30_000);
    return;
  }
  store.setState(({ cursor }) => ({ cursor: { ...cursor, faults: fault.key } }));
  open(context, 'revert-one');
}
