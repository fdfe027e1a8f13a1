import type { Clock } from '../../host/clock.ts';
import { cleanText, sanitise } from '../../text/sanitise.ts';
import { createCachedAnswer } from '../cached-answer.ts';
import { failure } from '../client/http/failure.ts';
import type { Failure, Outcome } from '../client/http/outcome.ts';
import { coreKind, splitApiVersion } from './core-kinds.ts';
import type { ApiResource, Discovery } from './discovery.ts';

/** What the cluster serves, read when it is first needed. */
export interface Kinds {
  discovery(refresh?: boolean): Promise<Outcome<Discovery>>;
  /**
   * The resource of a kind. Built-in kinds need no request; an unknown kind is looked up again after a while, since
   * CRDs change.
   */
  resolve(apiVersion: string, kind: string): Promise<Outcome<ApiResource>>;
  /**
   * Why the server answered 404 for the path of a kind: it no longer serves the kind there, by a discovery that is newer than the request.
   * `askedAt`: when the request was sent, on the monotonic clock. Undefined if the kind is still served.
   */
  whyNotServed(apiVersion: string, kind: string, askedAt: number): Promise<Failure | undefined>;
}

const RETRY_UNKNOWN_MS = 5_000;

interface Search {
  resource?: ApiResource;
  /** Why the kind may exist although it was not found: discovery of the group failed. */
  blind?: string;
  /** Another version of the group that serves the kind: its objects exist, but not under this path. */
  elsewhere?: string;
}

function searchIn(discovery: Discovery, apiVersion: string, kind: string): Search {
  const resource = discovery.byKind(apiVersion, kind);
  const blind = discovery.blind.find(({ group }) => group === '*' || group === apiVersion)?.reason;
  const { group } = splitApiVersion(apiVersion);
  const elsewhere = discovery.resources.find(one => one.group === group && one.kind === kind)?.apiVersion;
  return { ...(resource && { resource }), ...(blind && { blind }), ...(elsewhere && { elsewhere }) };
}

/** Why there is no path to a kind. Only a kind that the cluster serves in no version has no objects. */
function noPath({ blind, elsewhere }: Search, apiVersion: string, kind: string): Failure {
  const named = sanitise(kind, 128);
  const where = sanitise(apiVersion, 128);
  if (blind)
    return failure('server-error', cleanText`cannot tell where ${named} of ${where} lives: ${sanitise(blind)}`);
  if (elsewhere)
    return failure(
      'invalid',
      cleanText`the cluster serves no ${named} in ${where}, but in ${sanitise(elsewhere, 128)}`,
    );
  return failure('not-found', cleanText`the cluster serves no ${named} in ${where}`, 404);
}

/** Keeps one discovery, fetched when first needed. */
export function createKinds(fetch: () => Promise<Outcome<Discovery>>, clock: Clock): Kinds {
  const known = createCachedAnswer(fetch, clock);
  const discovery = async (refresh = false): Promise<Outcome<Discovery>> =>
    (refresh ? undefined : known.answer) ?? known.ask();

  async function search(apiVersion: string, kind: string): Promise<Outcome<Search>> {
    const found = await discovery();
    if (!found.ok) return found;
    const first = searchIn(found.value, apiVersion, kind);
    if (first.resource || clock.monotonic() - known.askedAt < RETRY_UNKNOWN_MS) return { ...found, value: first };
    const again = await discovery(true);
    return again.ok ? { ...again, value: searchIn(again.value, apiVersion, kind) } : again;
  }

  return {
    discovery,
    async resolve(apiVersion, kind) {
      const builtIn = coreKind(apiVersion, kind);
      if (builtIn) return { ok: true, status: 0, value: builtIn };
      const found = await search(apiVersion, kind);
      if (!found.ok) return found;
      if (found.value.resource) return { ...found, value: found.value.resource };
      return noPath(found.value, apiVersion, kind);
    },
    async whyNotServed(apiVersion, kind, askedAt) {
      if (coreKind(apiVersion, kind)) return undefined;
      const found = await discovery(known.askedAt <= askedAt);
      if (!found.ok) return undefined;
      const now = searchIn(found.value, apiVersion, kind);
      return now.resource ? undefined : noPath(now, apiVersion, kind);
    },
  };
}
