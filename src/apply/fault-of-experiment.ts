import type { FoundInjection } from '../injection/found-injection.ts';
import { fields, textMap } from '../k8s/fields.ts';
import type { KubeObject } from '../k8s/object.ts';
import type { ClusterExperiment } from '../revert/stop/cluster-experiment.ts';
import { faultsOf } from '../revert/stop/why-may-remain.ts';

/**
 * The injections that this experiment probably made: of its type, in its reach, with the name that its
 * parameters give. One that names another run or experiment is left out.
 */
export function faultOfExperiment(
  experiment: KubeObject,
  reach: ClusterExperiment['reach'],
  injections: readonly FoundInjection[],
): FoundInjection[] {
  const parameters = textMap(fields(fields(experiment.spec).injection).parameters);
  const named = parameters.name ?? parameters.bindingName ?? parameters.webhookName;
  return faultsOf(reach, injections).filter(
    ({ object, run, experiment: other, tool }) =>
      tool !== 'mayday' &&
      run === undefined &&
      (other === undefined || other === experiment.metadata.name || other === named) &&
      (named === undefined || object.name.includes(named)),
  );
}
