import type { Clock } from '../../host/clock.ts';
import { cleanText, sanitise } from '../../text/sanitise.ts';
import { failure } from '../client/failure.ts';
import type { Outcome } from '../client/outcome.ts';
import { coreKind } from './core-kinds.ts';
import type { ApiResource, Discovery } from './discovery.ts';

export interface Kinds {
  discovery(refresh?: boolean): Promise<Outcome<Discovery>>;
  /** Where a kind lives. Built-in kinds need no request; an unknown one is looked for again after a while, since CRDs come and go. */
  resolve(apiVersion: string, kind: string): Promise<Outcome<ApiResource>>;
}

const LOOK_AGAIN_MS = 5_000;

interface Search {
  resource?: ApiResource;
  /** Why its absence proves nothing: the group's discovery failed. */
  blind?: string;
}

function look(discovery: Discovery, apiVersion: string, kind: string): Search {
  const resource = discovery.byKind(apiVersion, kind);
  const blind = discovery.blind.find(({ group }) => group === '*' || group === apiVersion)?.reason;
  return { ...(resource && { resource }), ...(blind && { blind }) };
}

/** Keeps one discovery, fetched when first needed. */
export function createKinds(fetch: () => Promise<Outcome<Discovery>>, clock: Clock): Kinds {
  let known: Promise<Outcome<Discovery>> | undefined;
  let fetchedAt = Number.NEGATIVE_INFINITY;

  async function discovery(refresh = false): Promise<Outcome<Discovery>> {
    if (known && !refresh) return known;
    fetchedAt = clock.monotonic();
    const asked = fetch();
    known = asked;
    const outcome = await asked;
    if (!outcome.ok && known === asked) known = undefined;
    return outcome;
  }

  async function search(apiVersion: string, kind: string): Promise<Outcome<Search>> {
    const found = await discovery();
    if (!found.ok) return found;
    const first = look(found.value, apiVersion, kind);
    if (first.resource || clock.monotonic() - fetchedAt < LOOK_AGAIN_MS) return { ...found, value: first };
    const again = await discovery(true);
    return again.ok ? { ...again, value: look(again.value, apiVersion, kind) } : again;
  }

  return {
    discovery,
    async resolve(apiVersion, kind) {
      const builtIn = coreKind(apiVersion, kind);
      if (builtIn) return { ok: true, status: 0, value: builtIn };
      const found = await search(apiVersion, kind);
      if (!found.ok) return found;
      if (found.value.resource) return { ...found, value: found.value.resource };
      if (found.value.blind)
        return failure(
          'server-error',
          cleanText`cannot tell where ${sanitise(kind, 128)} of ${sanitise(apiVersion, 128)} lives: ${sanitise(found.value.blind)}`,
        );
      return failure(
        'not-found',
        cleanText`the cluster serves no ${sanitise(kind, 128)} in ${sanitise(apiVersion, 128)}`,
        404,
      );
    },
  };
}
