import { doesNotFit, objectFit, ROLLOUT_LABELS } from '../../injection/plan/fit.ts';
import type { KubeObject } from '../../k8s/object.ts';
import type { Fit } from '../contract.ts';
import { DEFAULT_VALUE, isMark } from './plan.ts';

/** Any object with a label. A label of the user is preferred to one of the platform. */
export function appliesTo(object: KubeObject): Fit {
  const keys = Object.keys(object.metadata.labels ?? {})
    .filter(key => !isMark(key) && !ROLLOUT_LABELS.includes(key))
    .sort();
  const labelKey = keys.find(key => !isPlatformLabel(key)) ?? keys[0];
  if (labelKey === undefined) return doesNotFit('it has no label');
  return objectFit(object, { labelKey, action: 'overwrite', newValue: DEFAULT_VALUE });
}

const isPlatformLabel = (key: string): boolean => key.includes('kubernetes.io/') || key.includes('k8s.io/');
