import type { LoadedExperiment } from '../../experiment/types.ts';
import type { Plan } from '../../faults/contract.ts';
import { sameTarget } from '../screens/plan/same-target.ts';
import { chosen, fireLock } from '../store/select.ts';
import type { RunView } from '../store/state.ts';
import { objectName } from '../widgets/object-name.ts';
import { type Context, notify, stream } from './context.ts';
import type { Following } from './following.ts';

/** Runs the experiment that is armed; `begun` makes its row on the screens. */
export function fireArmed(
  context: Context,
  { follow }: Following,
  begun: (loaded: LoadedExperiment, target: RunView['target']) => RunView,
): void {
  const { store, session } = context;
  const state = store.getState();
  const why = fireLock(state, context.now());
  if (why !== undefined) {
    notify(context, why, 'warn');
    return;
  }
  const loaded = chosen(state)?.loaded;
  const { armed } = state;
  if (!armed || !loaded || !session || armed.preflight.plan.is !== 'plan') return;
  const plan: Plan = armed.preflight.plan;
  const first = begun(loaded, plan.target);
  store.setState({
    armed: undefined,
    screens: ['deck'],
    streamBack: 0,
    runs: [...store.getState().runs, first],
    cursor: { ...state.cursor, faults: `run ${first.key}` },
  });
  const text = `${first.experiment}  fired at ${plan.target.kind} ${objectName(plan.target)}`;
  stream(context, [{ at: context.now().server, text, tone: 'title' }]);
  const { preflight } = armed;
  follow(first, added => session.run({ loaded, preflight, gate: now => sameTarget(plan, now), ...added }));
}
