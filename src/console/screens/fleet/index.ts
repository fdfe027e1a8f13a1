import { open } from '../../app/context.ts';
import { listKeys } from '../../keymap/key.ts';
import { pressFor } from '../../keymap/remap.ts';
import type { ConsoleState } from '../../store/state.ts';
import { pane } from '../../widgets/layout.ts';
import type { ScreenFolder } from '../screen.ts';
import { fleetTable } from './lines.ts';
import { chosenCluster } from './view.ts';

const noCluster = (state: ConsoleState): string | undefined =>
  chosenCluster(state) ? undefined : 'there is no cluster here';

const noMarks = ({ settings, fleet }: ConsoleState): string | undefined => {
  if (settings.readOnly) return 'read-only: nothing is written to any cluster';
  return fleet.marked.size > 0
    ? undefined
    : `no cluster is marked: ${pressFor(settings.keys, 'fleet', 'mark', 'space')} marks the one under the cursor`;
};

/** Every cluster of the kubeconfig: reach, faults, the worst finding. */
export const fleet: ScreenFolder<'fleet'> = {
  id: 'fleet',
  title: 'FLEET',
  digit: '9',
  keys: listKeys([
    { id: 'open', keys: ['enter', 'right', 'l'], says: 'open it', hint: 1, locked: noCluster },
    { id: 'mark', keys: [' '], says: 'mark', hint: 2, locked: noCluster },
    { id: 'mark-all', keys: ['*'], says: 'mark all, or none', locked: noCluster },
    { id: 'revert-marked', keys: ['R'], says: 'revert the marked', hint: 3, locked: noMarks },
    { id: 'look', keys: ['c'], says: 'look again', hint: 4 },
  ]),
  body: (state, view, { columns, rows }) => pane(columns, rows, fleetTable(state, view, columns, rows)),
  enter: ({ fleet: watching }) => watching.look(),
  commands: ({ context, clusters, fleet: watching }) => {
    const chosen = () => chosenCluster(context.store.getState())?.name;
    const withChosen = (act: (name: string) => void) => () => {
      const name = chosen();
      if (name !== undefined) act(name);
    };
    return {
      open: withChosen(name => {
        const { link } = context.store.getState();
        if (link.state === 'connected' && link.context === name) open(context, 'deck');
        else clusters.open(name);
      }),
      mark: withChosen(watching.mark),
      'mark-all': watching.markAll,
      'revert-marked': watching.ask,
      look: watching.look,
    };
  },
  lists: {
    fleet: {
      ids: state => state.fleet.rows.map(({ name }) => name),
      chosen: state => chosenCluster(state)?.name,
      moveTo: ({ context: { store } }, key) => store.setState(({ cursor }) => ({ cursor: { ...cursor, fleet: key } })),
    },
  },
};
