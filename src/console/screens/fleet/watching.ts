import type { Receipt } from '../../../injection/write/receipt.ts';
import { pooled } from '../../../kube/client/pooled.ts';
import { messageOf } from '../../../text/message-of.ts';
import { sanitise } from '../../../text/sanitise.ts';
import { triageSummary } from '../../../triage/finding/summary.ts';
import { type Context, close, notify, open } from '../../app/context.ts';
import type { RevertUpdate, Session } from '../../deps.ts';
import { type FleetRow, type FleetView, faultCounts } from './view.ts';

/** Looks at every cluster of the kubeconfig, and reverts those that are marked. */
export interface FleetWatching {
  /** Looks at all of them anew, side by side. */
  look(): void;
  mark(name: string): void;
  /** Marks all of them; where all are marked, none. */
  markAll(): void;
  /** Opens the question about the marked clusters. */
  ask(): void;
  /** Takes what was typed for the protected cluster that is asked about. */
  answer(): void;
  type(text: string): void;
  erase(): void;
  /** Reverts the clusters of the question. */
  revert(): void;
}

/** So many clusters are connected to at a time. */
const AT_ONCE = 16;
const LONGEST = 253;

const reasonOf = (error: unknown) => sanitise(messageOf(error), 200);

/** What a revert does at this moment, in a few words. */
function updateWords(update: RevertUpdate): string | undefined {
  if (update.is === 'receipt')
    return `${update.receipt.outcome} ${update.receipt.object.kind} ${update.receipt.object.name}`;
  return update.is === 'note' || update.is === 'latch' ? update.text : undefined;
}

/** How many receipts of each outcome are not proven, such as `6 unconfirmed`. */
function leftWords(receipts: readonly Receipt[]): string {
  const outcomes = receipts.filter(({ verified }) => !verified).map(({ outcome }) => outcome);
  return [...new Set(outcomes)]
    .map(outcome => `${outcomes.filter(other => other === outcome).length} ${outcome}`)
    .join(', ');
}

export function createFleetWatching(context: Context): FleetWatching {
  const { deps, store } = context;
  const fleet = (): FleetView => store.getState().fleet;
  const update = (changes: Partial<FleetView>): void => store.setState({ fleet: { ...fleet(), ...changes } });
  const set = (name: string, changes: Partial<FleetRow>): void =>
    update({ rows: fleet().rows.map(row => (row.name === name ? { ...row, ...changes } : row)) });
  const isBusy = ({ phase }: FleetRow): boolean => phase === 'looking' || phase === 'reverting';

  const replace = (name: string, next: FleetRow): void =>
    update({ rows: fleet().rows.map(row => (row.name === name ? next : row)) });
  const rowOf = (name: string): FleetRow =>
    fleet().rows.find(row => row.name === name) ?? { name, server: sanitise(''), phase: 'waiting', message: '' };

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
        await lookAt(name);
        // The new look says what is in; what a revert left behind before it is no longer news. Where nothing was seen it stays.
        const { remaining: _, left: __, ...rest } = rowOf(name);
        if (rest.phase === 'seen') replace(name, rest);
      },
    );
  }

  async function lookAt(name: string): Promise<void> {
    set(name, { phase: 'looking' });
    await within(name, async session => {
      const scanned = await session.scan(() => undefined, context.ended);
      if (!scanned.ok) throw new Error(scanned.message);
      const now = session.serverNow();
      set(name, faultCounts(scanned.findings, scanned.blind, now));
      try {
        set(name, { message: '', standing: triageSummary(await session.triage(() => undefined, context.ended)) });
      } catch (error) {
        // The scan alone: what triage said before no longer holds.
        const { standing: _, ...rest } = rowOf(name);
        replace(name, { ...rest, message: reasonOf(error) });
      }
      set(name, { phase: 'seen', at: now });
    });
  }

  async function revertIn(name: string): Promise<void> {
    set(name, { phase: 'reverting', message: '', remaining: 'unknown' });
    await within(name, async session => {
      // A revert goes on trying for minutes; a server that says nothing at all is told at once, and counted.
      const { failure } = await session.about();
      if (failure !== undefined) throw new Error(`${failure}; nothing was written`);
      const end = await session.revert('all', update => {
        const says = updateWords(update);
        if (says !== undefined) set(name, { message: sanitise(says) });
      });
      set(name, { remaining: end.remaining ?? 'unknown', left: leftWords(end.receipts) });
      if (end.message !== undefined) notify(context, `${name}: ${end.message}`, 'warn');
    });
    // What is shown afterwards was read afterwards.
    if (rowOf(name).phase !== 'unreachable') await lookAt(name);
  }

  /** Connects to the cluster for as long as `work` takes; what fails stands in its row and delays no other. */
  async function within(name: string, work: (session: Session) => Promise<void>): Promise<void> {
    let session: Session | undefined;
    try {
      const connected = await deps.connect(() => undefined, name);
      if (!connected.ok) throw new Error(connected.message);
      session = connected.session;
      set(name, { isProtected: session.isProtected });
      await work(session);
    } catch (error) {
      // Nothing is known of it now: what an earlier look read is not shown as if it held. What a revert left is.
      const { server, remaining, isProtected } = rowOf(name);
      const left = { ...(remaining !== undefined && { remaining }), ...(isProtected !== undefined && { isProtected }) };
      replace(name, { name, server, phase: 'unreachable', message: reasonOf(error), ...left });
    } finally {
      await session?.close().catch(() => undefined);
    }
  }

  const each = (names: readonly string[], work: (name: string) => Promise<void>): Promise<unknown> =>
    pooled(names, AT_ONCE, async name => {
      if (!context.ended.aborted) await work(name);
    });

  const retype = (change: (typed: string) => string): void => {
    const { asked } = fleet();
    if (asked) update({ asked: { ...asked, typed: change(asked.typed) } });
  };

  return {
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
    ask() {
      const { rows, marked } = fleet();
      const chosen = rows.filter(({ name }) => marked.has(name));
      const unknown = chosen.find(row => row.phase === 'waiting' || isBusy(row));
      if (unknown) return notify(context, `${unknown.name}: ${unknown.phase}; wait, or take its mark off`, 'warn');
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
      void each(names, revertIn);
    },
  };
}
