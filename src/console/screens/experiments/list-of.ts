import { chosen } from '../../store/select.ts';
import type { List } from '../screen.ts';

/** The catalogue. When the cursor reaches an experiment, its plan is requested. */
export const experimentList: List = {
  ids: ({ catalogue }) => (catalogue ?? []).map(({ path }) => path),
  chosen: state => chosen(state)?.path,
  moveTo({ context: { store }, catalogue }, key) {
    store.setState(({ cursor }) => ({ cursor: { ...cursor, experiments: key } }));
    catalogue.look();
  },
};
