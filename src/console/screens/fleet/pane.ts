import { sanitise } from '../../../text/sanitise.ts';
import type { Context } from '../../app/context.ts';
import { paneOf } from '../../store/pane.ts';
import type { FleetRow, FleetView } from './view.ts';

/** The state of the fleet screen, and how its parts change it. */
export interface FleetPane {
  fleet(): FleetView;
  update(changes: Partial<FleetView>): void;
  rowOf(name: string): FleetRow;
  /** Changes one row. */
  set(name: string, changes: Partial<FleetRow>): void;
  /** Puts another row in its place. */
  replace(name: string, next: FleetRow): void;
}

/** The fleet screen's part of a cluster's store. */
export function fleetPane({ store }: Context): FleetPane {
  const { view: fleet, update } = paneOf(store, 'fleet');
  return {
    fleet,
    update,
    rowOf: name =>
      fleet().rows.find(row => row.name === name) ?? { name, server: sanitise(''), phase: 'waiting', message: '' },
    set: (name, changes) =>
      update({ rows: fleet().rows.map(row => (row.name === name ? { ...row, ...changes } : row)) }),
    replace: (name, next) => update({ rows: fleet().rows.map(row => (row.name === name ? next : row)) }),
  };
}

/** Whether a cluster is being looked at or reverted just now. */
export const isBusy = ({ phase }: FleetRow): boolean => phase === 'looking' || phase === 'reverting';
