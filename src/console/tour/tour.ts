import { type Context, notify } from '../app/context.ts';
import { aimed, reached } from './steps.ts';

/** The guided tour: it watches what the person does and says the next step; it blocks nothing. */
export interface Tour {
  begin(): void;
  end(): void;
}

export function createTour(context: Context): Tour {
  const { store } = context;
  store.subscribe(state => {
    if (state.tour === undefined) return;
    const at = reached(state.tour.at, state);
    const cursor = aimed(state);
    if (at !== state.tour.at || cursor !== state.cursor) store.setState({ tour: { at }, cursor });
  });
  return {
    begin: () => store.setState({ tour: { at: 0 }, screens: ['deck'], ahead: [] }),
    end() {
      store.setState({ tour: undefined });
      notify(context, 'the tour is over; everything stays as it is');
    },
  };
}
