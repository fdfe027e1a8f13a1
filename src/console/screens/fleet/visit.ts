import type { Receipt } from '../../../injection/write/receipt.ts';
import type { NoAnswer } from '../../../kube/connection/no-answer.ts';
import { messageOf } from '../../../text/message-of.ts';
import { sanitise } from '../../../text/sanitise.ts';
import { triageSummary } from '../../../triage/finding/summary.ts';
import { type Context, notify } from '../../app/context.ts';
import type { RevertUpdate } from '../../session/revert.ts';
import type { Session } from '../../session/session.ts';
import type { FleetPane } from './pane.ts';
import { faultCounts } from './view.ts';

/** What a visit to a cluster works on. */
export interface Fleet {
  context: Context;
  pane: FleetPane;
}

/** A cluster that could not be read; the table has a word for the reason. */
class Unanswered extends Error {
  readonly word: string;
  constructor({ word, message }: NoAnswer, more: string) {
    super(`${message}${more}`);
    this.word = word;
  }
}

async function expectAnswer(session: Session, more = ''): Promise<void> {
  const none = await session.noAnswer();
  if (none !== undefined) throw new Unanswered(none, more);
}

/** Why something failed, in one line of a row. */
export const reasonOf = (error: unknown) => sanitise(messageOf(error), 200);

/** What a revert is doing now, in a few words. */
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

/** Reads what is in a cluster, and what is wrong with it. */
export async function lookAt(fleet: Fleet, name: string): Promise<void> {
  const { context, pane } = fleet;
  const { set, replace, rowOf } = pane;
  set(name, { phase: 'looking' });
  await within(fleet, name, async session => {
    await expectAnswer(session);
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

/** Reverts everything in a cluster, then looks at it again. */
export async function revertIn(fleet: Fleet, name: string): Promise<void> {
  const { context, pane } = fleet;
  const { set, rowOf } = pane;
  set(name, { phase: 'reverting', message: '', remaining: 'unknown' });
  await within(fleet, name, async session => {
    // A revert goes on trying for minutes; a server that says nothing at all is told at once, and counted.
    await expectAnswer(session, '; nothing was written');
    const end = await session.revert('all', update => {
      const says = updateWords(update);
      if (says !== undefined) set(name, { message: sanitise(says) });
    });
    set(name, { remaining: end.remaining ?? 'unknown', left: leftWords(end.receipts) });
    if (end.message !== undefined) notify(context, `${name}: ${end.message}`, 'warn');
  });
  // What is shown afterwards was read afterwards.
  if (rowOf(name).phase !== 'unreachable') await lookAt(fleet, name);
}

/** Connects to the cluster for as long as `work` takes; what fails stands in its row and delays no other. */
async function within(
  { context, pane }: Fleet,
  name: string,
  work: (session: Session) => Promise<void>,
): Promise<void> {
  const { set, replace, rowOf } = pane;
  let session: Session | undefined;
  try {
    const connected = await context.deps.connect(() => undefined, name);
    if (!connected.ok) throw new Error(connected.message);
    session = connected.session;
    set(name, { isProtected: session.isProtected });
    await work(session);
  } catch (error) {
    // Nothing is known of it now: what an earlier look read is not shown as if it held. What a revert left is.
    const { server, remaining, isProtected } = rowOf(name);
    const left = { ...(remaining !== undefined && { remaining }), ...(isProtected !== undefined && { isProtected }) };
    const word = error instanceof Unanswered ? { word: error.word } : {};
    replace(name, { name, server, phase: 'unreachable', message: reasonOf(error), ...word, ...left });
  } finally {
    await session?.close().catch(() => undefined);
  }
}
