import { FRAMEWORK_GROUP } from '../injection/record/markers.ts';
import type { Api } from '../kube/client/api.ts';
import type { Failure } from '../kube/client/http/outcome.ts';
import { type Clean, cleanText, sanitise } from '../text/sanitise.ts';

const RESOURCE = 'chaosexperiments';

/** The kind ChaosExperiment, in the version that the cluster serves. */
export interface ExperimentKind {
  apiVersion: string;
  kind: string;
}

export type KindLookup =
  | { is: 'served'; kind: ExperimentKind }
  /** The cluster does not serve the kind. */
  | { is: 'missing'; says: Clean }
  /** Not known: discovery failed, or gave no answer for this group. */
  | { is: 'unknown'; says: Clean; failure?: Failure };

/** Whether the framework's kind is installed. Discovery is repeated, since its CRD may have been installed a moment ago. */
export async function experimentKind(api: Api): Promise<KindLookup> {
  const first = await api.discovery();
  const known = first.ok ? first.value.byResource(FRAMEWORK_GROUP, RESOURCE) : undefined;
  const discovered = known === undefined ? await api.discovery(true) : first;
  const where = cleanText`context ${api.identity.context as Clean}`;
  if (!discovered.ok)
    return {
      is: 'unknown',
      says: cleanText`whether ${where} knows ChaosExperiments is not known: ${discovered.message}`,
    };
  const found = discovered.value.byResource(FRAMEWORK_GROUP, RESOURCE);
  if (found !== undefined) return { is: 'served', kind: { apiVersion: found.apiVersion, kind: found.kind } };
  const blind = discovered.value.blind.find(({ group }) => group === '*' || group.startsWith(`${FRAMEWORK_GROUP}/`));
  if (blind !== undefined)
    return {
      is: 'unknown',
      says: cleanText`whether ${where} knows ChaosExperiments is not known: ${sanitise(blind.group, 128)}: ${sanitise(blind.reason, 200)}`,
    };
  return {
    is: 'missing',
    says: cleanText`expected the framework's kind ChaosExperiment (chaosexperiments.chaos.operatorchaos.io) in ${where}, found none: its CRD is not installed there`,
  };
}
