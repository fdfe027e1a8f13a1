import { chosen } from '../../store/select.ts';
import type { List } from '../screen.ts';

/** The catalogue. Whatever the cursor comes to is asked what it would do. */
export const experimentList: List = {
  keys: ({ catalogue }) => (catalogue ?? []).map(({ path }) => path),
  chosen: state => chosen(state)?.path,
  put({ context: { store }, catalogue }, key) {
    store.setState(({ cursor }) => ({ cursor: { ...cursor, experiments: key } }));
    catalogue.look();
  },
};
