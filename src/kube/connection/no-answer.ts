import { type Clean, sanitise } from '../../text/sanitise.ts';
import type { Api } from '../client/api.ts';

/** Why a cluster cannot be used: a word for a table, the message of the server or the connection, and what to do if that is known. */
export interface NoAnswer {
  word: 'NOT SIGNED IN' | 'UNREACHABLE';
  message: Clean;
  advice?: 'sign in again, or renew its token or certificate';
}

/** Asks a cluster what it serves. Returns why it does not answer or refuses us; undefined if it answers. */
export async function noAnswerOf(api: Pick<Api, 'discovery'>): Promise<NoAnswer | undefined> {
  const discovered = await api.discovery();
  if (discovered.ok) return undefined;
  const message = sanitise(discovered.message, 300);
  return discovered.reason === 'unauthorized'
    ? { word: 'NOT SIGNED IN', message, advice: 'sign in again, or renew its token or certificate' }
    : { word: 'UNREACHABLE', message };
}
