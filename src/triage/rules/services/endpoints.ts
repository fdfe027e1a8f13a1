import type { ClusterView, ViewObject } from '../../../health/view/cluster-view.ts';
import type { Fields } from '../../../k8s/fields.ts';
import { fields, list, text } from '../../../k8s/fields.ts';

/** Whether a Service selects its pods by label. Something else writes the endpoints of a Service without a selector. */
export const selects = (service: ViewObject): boolean =>
  text(service.spec.type) !== 'ExternalName' && Object.keys(fields(service.spec.selector)).length > 0;

/** The pods that a Service selects, without finished ones. */
export const podsOf = (view: ClusterView, service: ViewObject): ViewObject[] =>
  view
    .podsMatching(service.metadata.namespace ?? '', fields(service.spec.selector))
    .filter(pod => pod.status.phase !== 'Succeeded' && pod.status.phase !== 'Failed');

/** Ready addresses in the slices of a Service, whatever ports they have. */
export const readyAddresses = (slices: readonly ViewObject[]): number =>
  slices.reduce(
    (sum, slice) => sum + list(slice.endpoints).filter(one => fields(one.conditions).ready !== false).length,
    0,
  );

/** The ports that the containers of a pod declare; sidecars among the init containers count. */
export function declaredPorts(spec: Fields): { name: string; port: number; protocol: string; container: string }[] {
  const containers = [
    ...list(spec.containers),
    ...list(spec.initContainers).filter(one => one.restartPolicy === 'Always'),
  ];
  return containers.flatMap(one =>
    list(one.ports).map(port => ({
      name: text(port.name),
      port: Number(port.containerPort),
      protocol: text(port.protocol) || 'TCP',
      container: text(one.name),
    })),
  );
}
