import type { FoundInjection } from '../../../injection/found-injection.ts';
import { sameName } from '../../../k8s/object-ref.ts';
import { type Context, notify, open } from '../../app/context.ts';
import type { Runs } from '../../app/runs.ts';
import { chosenFault, type FaultEntry, faultTarget, revertOneLock } from '../../store/select.ts';
import type { Scanning } from './scanning.ts';
import type { Sequence } from './sequence.ts';

/** Reverts the fault under the cursor: stops the run of ours that it belongs to, or else reverts what a scan finds on its object. */
export async function revertChosen(
  context: Context,
  runs: Runs,
  { scan, revert }: Pick<Scanning, 'scan'> & Pick<Sequence, 'revert'>,
): Promise<void> {
  const { store } = context;
  const fault = chosenFault(store.getState(), context.now());
  const why = revertOneLock(store.getState(), context.now());
  store.setState(({ screens }) => ({ screens: screens.includes('faults') ? ['deck', 'faults'] : ['deck'] }));
  if (!fault || why !== undefined) return notify(context, why ?? GONE, 'warn');
  if (fault.is === 'run') return stopRun(context, runs, fault.run.key);
  open(context, 'mayday');
  await scan();
  const onIt = foundOnTarget(context, fault);
  if (onIt.length === 0) return notify(context, GONE, 'warn');
  await revert(onIt);
}

const GONE = 'this fault is gone';

function foundOnTarget({ store }: Context, fault: FaultEntry): FoundInjection[] {
  const object = faultTarget(fault);
  return store.getState().mayday.findings.filter(one => sameName(one.object, object));
}

/** Stops a run of this console, which then restores what it wrote. */
async function stopRun(context: Context, runs: Runs, key: string): Promise<void> {
  const { residue } = await runs.stop(key);
  if (residue === 0) notify(context, 'stopped; everything it wrote is back', 'ok');
  else notify(context, `${residue} not restored: ! finds them`, 'bad');
}
