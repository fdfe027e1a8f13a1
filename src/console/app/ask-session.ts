import { messageOf } from '../../text/message-of.ts';
import { sanitise } from '../../text/sanitise.ts';
import type { Session } from '../session/session.ts';
import type { Context } from './context.ts';

/** A pane that shows what was read of the cluster: still reading, read, or why not. */
export type Read<T> = { phase: 'ready'; value: T } | { phase: 'failed'; message: string };

/** Sends a request to the cluster's session. Every error becomes one line to show. */
export async function askSession<T>(
  { session }: Context,
  ask: (session: Session) => Promise<{ ok: true; value: T } | { ok: false; message: string }>,
): Promise<Read<T>> {
  if (!session) return { phase: 'failed', message: 'not connected yet' };
  const found = await ask(session).catch((error: unknown) => ({ ok: false as const, message: messageOf(error) }));
  return found.ok ? { phase: 'ready', value: found.value } : { phase: 'failed', message: sanitise(found.message, 300) };
}
