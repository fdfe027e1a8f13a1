import { messageOf } from '../../../text/message-of.ts';
import { type Context, notify } from '../../app/context.ts';
import { chosen } from '../../store/select.ts';
import { createExperimentArming, type ExperimentArming } from './arming.ts';
import { createChecking } from './checking.ts';

/** The cursor must rest this long before the plan of an experiment is requested. */
const REST_MS = 250;

/** Picker, preview and arming. */
export interface Catalogue extends ExperimentArming {
  load(): Promise<void>;
  /** Requests, a moment later, the plan of the experiment under the cursor, unless it is known. */
  look(): void;
  recheck(): void;
}

/** Nothing is loaded yet. */
export function createCatalogue(context: Context): Catalogue {
  const { store, deps } = context;
  const checking = createChecking(context);
  const arming = createExperimentArming(context, checking);

  return {
    ...arming,
    async load() {
      try {
        store.setState({ catalogue: await deps.catalogue() });
      } catch (error) {
        store.setState({ catalogue: [] });
        notify(context, `experiments could not be read: ${messageOf(error)}`, 'bad', 30_000);
      }
    },
    look() {
      arming.disarm();
      const state = store.getState();
      const path = chosen(state)?.path;
      if (path === undefined || state.link.state !== 'connected') return;
      if (state.checks.get(path)?.state === 'ready') return checking.stop();
      checking.checkChosenAfter(REST_MS);
    },
    recheck() {
      arming.disarm();
      checking.checkChosenAfter(0);
    },
  };
}
