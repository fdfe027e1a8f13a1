import { type Context, close, notify, open } from '../../app/context.ts';
import { type FleetPane, isBusy } from './pane.ts';

/** The question before the marked clusters are reverted: the name of each protected one is typed. */
export interface RevertQuestion {
  /** Opens the question about the marked clusters. */
  ask(): void;
  /** Takes what was typed for the protected cluster that is asked about. */
  answer(): void;
  type(text: string): void;
  erase(): void;
  /** Reverts the clusters of the question. */
  revert(): void;
}

const LONGEST = 253;

/** `revertAll` reverts the clusters of these names. Nothing is asked yet. */
export function createRevertQuestion(
  context: Context,
  { fleet, update }: FleetPane,
  revertAll: (names: readonly string[]) => void,
): RevertQuestion {
  const retype = (change: (typed: string) => string): void => {
    const { asked } = fleet();
    if (asked) update({ asked: { ...asked, typed: change(asked.typed) } });
  };

  return {
    ask() {
      const { rows, marked } = fleet();
      const chosen = rows.filter(({ name }) => marked.has(name));
      const unknown = chosen.find(row => row.phase === 'waiting' || isBusy(row));
      if (unknown) return notify(context, `${unknown.name}: ${unknown.phase}; wait, or unmark it`, 'warn');
      // One that could not be connected to may be protected, and may answer when it is its turn.
      const unnamed = chosen.filter(row => row.isProtected !== false).map(({ name }) => name);
      update({ asked: { names: chosen.map(({ name }) => name), unnamed, left: [], typed: '' } });
      open(context, 'fleet-revert');
    },
    answer() {
      const { asked } = fleet();
      const [name, ...rest] = asked?.unnamed ?? [];
      if (!asked || name === undefined) return;
      const left = asked.typed === name ? asked.left : [...asked.left, name];
      update({ asked: { ...asked, unnamed: rest, left, typed: '' } });
    },
    type: text => retype(typed => (typed + text).slice(0, LONGEST)),
    erase: () => retype(typed => [...typed].slice(0, -1).join('')),
    revert() {
      const { asked } = fleet();
      if (!asked || asked.unnamed.length > 0) return;
      const names = asked.names.filter(name => !asked.left.includes(name));
      update({ asked: undefined, marked: new Set() });
      close(context);
      revertAll(names);
    },
  };
}
