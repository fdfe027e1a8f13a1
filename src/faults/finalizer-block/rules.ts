import { all, nonEmpty, targetName } from '../rules/check.ts';
import { isMap } from '../rules/record-shape.ts';
import { type FaultRules, optional, required } from '../rules/rules.ts';
import { CHAOS_GROUP, isClusterKind, noExperiment, notKinds } from '../rules/targets.ts';

const CORE_KINDS = [
  'Secret',
  'ConfigMap',
  'ServiceAccount',
  'PersistentVolume',
  'PersistentVolumeClaim',
  'Service',
  'Endpoints',
];

/** What a FinalizerBlock accepts, and what it leaves behind. */
export const rules: FaultRules = {
  parameters: {
    apiVersion: optional(),
    kind: required(all(nonEmpty, notKinds('Namespace', 'Node'))),
    name: required(targetName),
    finalizer: optional(value =>
      value === `${CHAOS_GROUP}cleanup`
        ? 'this finalizer belongs to the framework’s controller: removing it again would skip a revert'
        : undefined,
    ),
  },
  whole: noExperiment,
  needsHigh: ({ apiVersion = 'v1', kind = '' }) =>
    (apiVersion === 'v1' || apiVersion === '') && CORE_KINDS.includes(kind) ? `${kind} is a core kind` : undefined,
  danger: 'low',
  tier: 3,
  expects: 'survive',
  leaves: 'marks',
  foundOn: 'target',
  recognises: {
    record: data => isMap(data) && Object.keys(data).length === 1 && typeof data.finalizer === 'string',
  },
  isClusterScoped: isClusterKind,
};
