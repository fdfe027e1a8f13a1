import { cleanText, sanitise } from '../../text/sanitise.ts';
import type { Kinds } from '../discovery/kinds.ts';
import { failure } from './http/failure.ts';
import type { Outcome } from './http/outcome.ts';
import { resourcePath } from './paths.ts';

/** An object, or the collection of a kind. */
export type Place = { apiVersion: string; kind: string; namespace?: string | undefined; name?: string | undefined };

const isPathSegment = (part: string) => part !== '' && part !== '.' && part !== '..' && !/[/%]/.test(part);

/** The URL path of a place; a failure if the cluster does not serve its kind, or if its name or namespace cannot be in a path. */
export async function pathOf(kinds: Kinds, place: Place, subresource?: string): Promise<Outcome<string>> {
  const found = await kinds.resolve(place.apiVersion, place.kind);
  if (!found.ok) return found;
  const bad = [place.name, place.namespace].find(part => part !== undefined && !isPathSegment(part));
  if (bad !== undefined) return failure('invalid', cleanText`${sanitise(bad, 128)} cannot be the name of an object`);
  if (found.value.namespaced && !place.namespace && place.name !== undefined) {
    return failure(
      'invalid',
      cleanText`${sanitise(place.kind, 128)} ${sanitise(place.name, 256)} needs a namespace, none was given`,
    );
  }
  return { ok: true, status: 0, value: resourcePath(found.value, { ...place, subresource }) };
}
