import type { Session } from '../../console/session/session.ts';
import { seededRandom } from '../../host/seeded-random.ts';
import type { Api } from '../../kube/client/api.ts';
import { previewFacts } from '../../runtime/open-engine.ts';
import type { Runtime } from '../../runtime/runtime.ts';
import { withReach } from '../../suggest/reach.ts';
import { readSubject } from '../../suggest/subject.ts';
import { suggestFor } from '../../suggest/suggested.ts';
import { validateDraft } from '../../suggest/validated-draft.ts';

/** The faults that the console offers for an object, as `mayday suggest` does. */
export function suggesting(runtime: Runtime, api: Api): Pick<Session, 'suggest' | 'withReach' | 'validateDraft'> {
  return {
    async suggest(ref, signal) {
      const read = await readSubject(api, ref, signal);
      return read.ok ? { ...read, value: suggestFor(read.value) } : read;
    },
    withReach: (draft, signal) =>
      withReach(api, draft, name => previewFacts(runtime, api, name, seededRandom(1)), signal),
    validateDraft: async (draft, path) => validateDraft(draft, path),
  };
}
