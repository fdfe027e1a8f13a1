import { pooled } from '../../../kube/client/pooled.ts';
import type { Context } from '../../app/context.ts';
import { fleetPane, isBusy } from './pane.ts';
import { createRevertQuestion, type RevertQuestion } from './revert-question.ts';
import type { FleetRow } from './view.ts';
import { lookAt, reasonOf, revertIn } from './visit.ts';

/** Looks at every cluster of the kubeconfig, and reverts those that are marked. */
export interface FleetWatching extends RevertQuestion {
  /** Looks at all of them again, in parallel. */
  look(): void;
  mark(name: string): void;
  /** Marks all of them; where all are marked, none. */
  markAll(): void;
}

/** How many clusters are connected to at a time. */
const AT_ONCE = 16;

/** Nothing is looked at before the screen is opened. */
export function createFleetWatching(context: Context): FleetWatching {
  const { deps } = context;
  const pane = fleetPane(context);
  const { fleet, update, rowOf, replace } = pane;

  async function look(): Promise<void> {
    if (!deps.contexts)
      return update({ message: 'there is one cluster: the sandbox. Start mayday without --sandbox for others' });
    const known = await deps.contexts();
    if (!known.ok) return update({ message: known.message });
    const before = new Map(fleet().rows.map(row => [row.name, row]));
    const rows = known.contexts.map(
      ({ name, server }): FleetRow => before.get(name) ?? { name, server, phase: 'waiting', message: '' },
    );
    update({ rows, message: rows.length === 0 ? 'the kubeconfig has no contexts' : '' });
    await each(
      rows.filter(row => !isBusy(row)).map(({ name }) => name),
      async name => {
        await lookAt({ context, pane }, name);
        // The new look replaces what the last revert left behind; if the cluster could not be read, that is kept.
        const { remaining: _, left: __, ...rest } = rowOf(name);
        if (rest.phase === 'seen') replace(name, rest);
      },
    );
  }

  const each = (names: readonly string[], work: (name: string) => Promise<void>): Promise<unknown> =>
    pooled(names, AT_ONCE, async name => {
      if (!context.ended.aborted) await work(name);
    });

  return {
    ...createRevertQuestion(context, pane, names => void each(names, name => revertIn({ context, pane }, name))),
    look: () => void look().catch((error: unknown) => update({ message: reasonOf(error) })),
    mark(name) {
      const marked = new Set(fleet().marked);
      if (!marked.delete(name)) marked.add(name);
      update({ marked });
    },
    markAll() {
      const { rows, marked } = fleet();
      update({ marked: new Set(rows.every(({ name }) => marked.has(name)) ? [] : rows.map(({ name }) => name)) });
    },
  };
}
