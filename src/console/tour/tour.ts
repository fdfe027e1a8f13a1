import { type Context, notify } from '../app/context.ts';
import { reached, tourBegun } from './steps.ts';

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
    if (at !== state.tour.at) store.setState({ tour: { at } });
  });
  return {
    begin: () => store.setState(state => ({ ...tourBegun(state), screens: ['deck'], ahead: [] })),
    end() {
      store.setState({ tour: undefined });
      notify(context, 'the tour is over; everything stays as it is');
    },
  };
}
