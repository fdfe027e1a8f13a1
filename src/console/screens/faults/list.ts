import { allFaults, chosenFault } from '../../store/select.ts';
import type { List } from '../screen.ts';

/** Every fault in the cluster; the cursor is shared with the deck. */
export const faultList: List = {
  ids: (state, now) => allFaults(state, now).map(({ key }) => key),
  chosen: (state, now) => chosenFault(state, now)?.key,
  moveTo: ({ context: { store } }, key) => store.setState(({ cursor }) => ({ cursor: { ...cursor, faults: key } })),
};
