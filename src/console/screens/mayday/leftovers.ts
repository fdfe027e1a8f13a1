import type { FoundInjection } from '../../../injection/found-injection.ts';
import { sanitise } from '../../../text/sanitise.ts';
import { type Context, stream } from '../../app/context.ts';
import type { Unfinished } from '../../session/run.ts';
import type { Leftovers } from '../../store/state.ts';
import { attemptQuietly } from './attempt.ts';

/** Scans for what earlier runs left, and sets the count of the banner. What could not be read takes nothing back. */
export async function recountLeftovers(context: Context): Promise<void> {
  const { session, store } = context;
  if (!session) return;
  const journals = await attemptQuietly(() => session.unfinished());
  const end = await attemptQuietly(() => session.scan(() => undefined, context.ended));
  const left = leftoversOf(end?.ok ? end.findings : [], journals ?? [], context.now().server);
  const isRead = journals !== undefined && end?.ok === true && end.blind === 0;
  if (left.count > 0 || isRead) store.setState({ leftovers: left });
}

/** The same at the start, and tells what guardians did since the last run here. */
export async function countLeftovers(context: Context): Promise<void> {
  const { session } = context;
  if (!session) return;
  await recountLeftovers(context);
  const { server } = context.now();
  const lines = (await attemptQuietly(() => session.guardians())) ?? [];
  stream(
    context,
    lines.map(text => ({ at: server, text: `guardian    ${text}`, tone: 'plain' })),
  );
}

/**
 * Findings past their deadline, and those of runs that never ended; if the journals know more than the scan found,
 * their number counts.
 */
export function leftoversOf(
  findings: readonly FoundInjection[],
  journals: readonly Unfinished[],
  serverNow: number,
): Leftovers {
  const open = journals.filter(journal => journal.open > 0);
  const dead = new Set(open.map(journal => journal.run));
  const left = findings.filter(
    one =>
      one.state !== 'foreign' &&
      ((one.expiresAt ?? serverNow) < serverNow || (one.run !== undefined && dead.has(one.run))),
  );
  const name = left[0]?.experiment ?? open[0]?.experiment ?? left[0]?.type ?? '';
  return {
    count: Math.max(
      left.length,
      open.reduce((sum, one) => sum + one.open, 0),
    ),
    example: sanitise(name, 60),
  };
}
