import { doesNotFit, fits, isKind, onlyFor } from '../../injection/plan/fit.ts';
import type { KubeObject } from '../../k8s/object.ts';
import { configReferences } from '../../k8s/pod-references.ts';
import type { Fit } from '../contract.ts';

const PREFIX = 'operator-chaos-';
const DEFAULT_NAME = `${PREFIX}config`;
/** The default: half of all reads fail. */
const FAULTS = '{"get":{"errorRate":0.5,"error":"injected by chaos"}}';

/** A ConfigMap that an operator's SDK reads, or the Deployment of an operator, beside which the ConfigMap is written. */
export function appliesTo(object: KubeObject): Fit {
  if (isKind(object, '', 'ConfigMap')) {
    const { name } = object.metadata;
    if (!name.startsWith(PREFIX)) return doesNotFit(`the SDK of an operator reads a ConfigMap named ${PREFIX}…`);
    return object.immutable === true
      ? doesNotFit('it is immutable: the API server would refuse the change')
      : fits(object, { faults: FAULTS, configMapName: name });
  }
  if (!isKind(object, 'apps', 'Deployment')) return onlyFor('Deployment', object);
  const mounted = configReferences(object).find(({ kind, name }) => kind === 'ConfigMap' && name.startsWith(PREFIX));
  return fits(object, { faults: FAULTS, configMapName: mounted?.name ?? DEFAULT_NAME });
}
