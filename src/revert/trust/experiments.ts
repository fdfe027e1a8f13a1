import type { FoundInjection } from '../../injection/found-injection.ts';
import { FRAMEWORK_GROUP } from '../../injection/record/markers.ts';
import type { KubeObject } from '../../k8s/object.ts';
import type { Api } from '../../kube/client/api.ts';

/** The framework's own experiments in the cluster; empty if it is not installed or they may not be read. */
export async function readExperiments(api: Api): Promise<KubeObject[]> {
  const discovery = await api.discovery();
  const resource = discovery.ok ? discovery.value.byResource(FRAMEWORK_GROUP, 'chaosexperiments') : undefined;
  if (resource === undefined) return [];
  const page = await api.listAll({ apiVersion: resource.apiVersion, kind: resource.kind }, { limit: 500 });
  return page.ok ? page.value.items : [];
}

interface Experiment {
  spec?: { injection?: { type?: unknown; parameters?: unknown } };
  status?: { injectionStartedAt?: unknown };
}

/** A backup is written within this time of the start that the experiment's status gives. */
const SAME_MOMENT_MS = 120_000;

/**
 * Whether one of these experiments injected this: the start time in its status, which only its controller may write,
 * matches the creation of the carrier, and its parameters name the target.
 */
export function isOfExperiment(finding: FoundInjection, experiments: readonly KubeObject[]): boolean {
  const { creationTimestamp, name, namespace } = finding.live.metadata;
  const made = Date.parse(creationTimestamp ?? '');
  return experiments.some(experiment => {
    const { spec, status } = experiment as Experiment;
    const { type, parameters } = spec?.injection ?? {};
    const began = Date.parse(String(status?.injectionStartedAt ?? ''));
    const values = typeof parameters === 'object' && parameters !== null ? Object.values(parameters) : [];
    return (
      type === finding.type &&
      experiment.metadata.namespace === namespace &&
      Math.abs(made - began) <= SAME_MOMENT_MS &&
      values.some(value => typeof value === 'string' && value !== '' && (name === value || name.endsWith(`-${value}`)))
    );
  });
}
