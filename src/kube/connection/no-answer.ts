import { type Clean, sanitise } from '../../text/sanitise.ts';
import type { Api } from '../client/api.ts';

/** Why a cluster gives nothing at all: a word for a table, what the server or the connection says, and what to do where that is known. */
export interface NoAnswer {
  word: 'NOT SIGNED IN' | 'UNREACHABLE';
  message: Clean;
  todo?: 'sign in again, or renew its token or certificate';
}

/** Asks a cluster what it serves; gives why it does not answer, or does not let us in. */
export async function noAnswerOf(api: Pick<Api, 'discovery'>): Promise<NoAnswer | undefined> {
  const discovered = await api.discovery();
  if (discovered.ok) return undefined;
  const message = sanitise(discovered.message, 300);
  return discovered.reason === 'unauthorized'
    ? { word: 'NOT SIGNED IN', message, todo: 'sign in again, or renew its token or certificate' }
    : { word: 'UNREACHABLE', message };
}
