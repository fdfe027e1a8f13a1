import { aKind, doesNotFit, fits, isKind } from '../../injection/plan/fit.ts';
import { mapAt } from '../../k8s/json-patch.ts';
import type { KubeObject } from '../../k8s/object.ts';
import type { Fit } from '../contract.ts';

/** The value that a key is set to by default. */
const DRIFTED = 'drifted-by-chaos';

/** A ConfigMap or Secret with a key that can be overwritten. */
export function appliesTo(object: KubeObject): Fit {
  if (!isKind(object, '', 'ConfigMap', 'Secret'))
    return doesNotFit(`it is for a ConfigMap or a Secret, this is ${aKind(object.kind)}`);
  if (object.immutable === true) return doesNotFit('it is immutable: the API server would refuse the change');
  const [key] = Object.keys(mapAt(object, ['data']) ?? {}).sort();
  if (key === undefined) return doesNotFit('it holds no key with a text value');
  return fits(object, { name: object.metadata.name, key, value: DRIFTED, resourceType: object.kind });
}
