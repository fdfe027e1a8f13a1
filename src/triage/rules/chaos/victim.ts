import type { FaultType } from '../../../faults/types.ts';
import type { Marker } from '../../../health/marker.ts';
import type { ClusterView, ViewObject } from '../../../health/view/cluster-view.ts';
import { ORIGINAL_COMMAND_PREFIX, ORIGINAL_IMAGE_PREFIX } from '../../../injection/record/markers.ts';
import { fields, list, number, strings, text } from '../../../k8s/fields.ts';
import type { ObjectRef } from '../../../k8s/object.ts';
import { refOf } from '../../finding/build.ts';

/** The object that an injection changed or deleted, not its backup. */
export function victimOf({ type, object }: Marker): ObjectRef {
  const namespace = /^chaos-rollback-ns-(.+)$/.exec(object.name)?.[1];
  if (type === 'NamespaceDeletion' && object.kind === 'ConfigMap' && namespace !== undefined)
    return { apiVersion: 'v1', kind: 'Namespace', name: namespace };
  const lease = /^chaos-backup-lease-(.+)$/.exec(object.name)?.[1];
  if (type === 'LeaderElectionDisrupt' && object.kind === 'ConfigMap' && lease !== undefined)
    return {
      apiVersion: 'coordination.k8s.io/v1',
      kind: 'Lease',
      name: lease,
      ...(object.namespace !== undefined && { namespace: object.namespace }),
    };
  return object;
}

/**
 * Whether the fault is still in effect. The annotations of some types hold the original value; when the object has that value
 * again, only the marks are left. Undefined when the marks do not hold the original value.
 */
export function isStillInjected(view: ClusterView, carrier: ViewObject, type: string): boolean | undefined {
  const { annotations } = carrier.metadata;
  if (type === ('DeploymentScaleZero' satisfies FaultType)) return number(carrier.spec.replicas, 1) === 0;
  if (type === ('NamespaceDeletion' satisfies FaultType) || type === ('LeaderElectionDisrupt' satisfies FaultType))
    return !isThere(view, carrier);
  if (type === ('ImageCorrupt' satisfies FaultType))
    return differs(
      annotations,
      ORIGINAL_IMAGE_PREFIX,
      container => original => text(containerOf(carrier, container)?.image) !== original,
    );
  if (type === ('CrashLoopInject' satisfies FaultType))
    return differs(
      annotations,
      ORIGINAL_COMMAND_PREFIX,
      container => original =>
        JSON.stringify(strings(containerOf(carrier, container)?.command)) !==
        (original === 'null' ? '[]' : plain(original)),
    );
  return undefined;
}

function differs(
  annotations: Readonly<Record<string, string>>,
  prefix: string,
  changed: (container: string) => (original: string) => boolean,
): boolean | undefined {
  const kept = Object.entries(annotations).filter(([key]) => key.startsWith(prefix));
  return kept.length === 0 ? undefined : kept.some(([key, original]) => changed(key.slice(prefix.length))(original));
}

/** Normalises the JSON of a list, so that white space makes no difference. */
function plain(json: string): string {
  try {
    return JSON.stringify(JSON.parse(json));
  } catch {
    return json;
  }
}

function containerOf({ spec }: ViewObject, name: string) {
  const pod = fields(fields(spec.template).spec);
  return [...list(pod.containers), ...list(pod.initContainers)].find(one => text(one.name) === name);
}

function isThere(view: ClusterView, carrier: ViewObject): boolean {
  const { kind, namespace, name } = victimOf({ type: carrier.marker?.type ?? '', object: refOf(carrier) } as Marker);
  const victim = view.get(kind as 'Namespace' | 'Lease', namespace, name);
  return victim !== undefined && victim.metadata.deletionTimestamp === undefined;
}
