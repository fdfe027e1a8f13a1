import type { ClusterView, ViewObject } from '../../../health/view/cluster-view.ts';
import { fields, list } from '../../../k8s/fields.ts';
import { refOf } from '../../finding/build.ts';
import { command, named } from '../../finding/shell.ts';
import type { Explanation } from './explanation.ts';
import { amountText, type freeOnNodes, requestsOf } from './resources.ts';

/** The LimitRanges that set the request of a pod whose template sets none, as an annotation of the API server says. */
function limitRangesBehind(view: ClusterView, pod: ViewObject, resource: string): ViewObject[] {
  const limitRangerNote = pod.metadata.annotations['kubernetes.io/limit-ranger'] ?? '';
  if (!new RegExp(`\\b${resource} request\\b|[:,] ${resource}[,\\s].* request\\b`).test(limitRangerNote)) return [];
  return view
    .inNamespace('LimitRange', pod.metadata.namespace ?? '')
    .filter(range =>
      list(range.spec.limits).some(
        one => fields(one.defaultRequest)[resource] !== undefined || fields(one.default)[resource] !== undefined,
      ),
    );
}

/** Too little of a resource on every node. */
export function explainResources(
  view: ClusterView,
  pod: ViewObject,
  reason: string,
  free: ReturnType<typeof freeOnNodes>,
): Explanation {
  const resource = /^Insufficient (\S+)/.exec(reason)?.[1] ?? 'pods';
  const wanted = requestsOf(pod).get(resource) ?? 0;
  const nodes = [...free].map(([name, { allocatable, free }]) => ({
    name,
    whole: allocatable.get(resource) ?? 0,
    free: free.get(resource) ?? 0,
  }));
  const words = (value: number) => amountText(resource, Math.max(0, value));
  const roomiest = nodes.reduce((a, b) => (b.free > a.free ? b : a), { name: '', whole: 0, free: 0 });
  const largest = Math.max(0, ...nodes.map(one => one.whole));
  if (resource === 'pods')
    return {
      summary: 'nodes are full (too many pods)',
      cause: 'Every node already runs as many pods as its kubelet allows.',
      fixes: ['Add nodes, or run fewer pods.'],
    };
  if (largest === 0)
    return {
      summary: `insufficient ${resource}: no node has any`,
      cause: `The pods request ${words(wanted)} ${resource}, but no node offers that resource: its device plugin is not running, or the cluster has no node with such a device.`,
      fixes: [`Remove the request for ${resource}, or add nodes that have it (and their device plugin).`],
    };
  const mistake = unitMistake(resource, wanted, largest);
  const ranges = limitRangesBehind(view, pod, resource);
  const names = ranges.map(({ metadata }) => metadata.name).join(', ');
  return {
    summary: `insufficient ${resource}: ${words(wanted)} requested, at most ${words(roomiest.free)} free on a node`,
    cause:
      wanted > largest
        ? `No node is large enough: the largest has ${words(largest)} ${resource} in total.${mistake ? ` ${mistake}` : ''}${names && ` The pod template sets no request: LimitRange ${names} sets its default.`}`
        : `Node ${roomiest.name} has the most free: ${words(roomiest.free)} of its ${words(roomiest.whole)} ${resource}, which is ${words(wanted - roomiest.free)} less than needed.${names && ` The pod template sets no request: LimitRange ${names} sets its default.`}`,
    fixes: [
      ...ranges.slice(0, 1).map(range => ({
        text: `Lower the default of LimitRange ${range.metadata.name} (defaultRequest.${resource}), or set the request in the pod template; then delete the pods, so that they are created again.`,
        command: command(view, ['kubectl', 'edit', ...named(refOf(range))]),
      })),
      mistake
        ? `Correct requests.${resource}: ${mistake}`
        : `Request less ${resource} (resources.requests.${resource}), scale another workload down, or add nodes.`,
    ],
  };
}

/** `cpu: 500` for `500m`, and `memory: 512Gi` for `512Mi`: a request a thousand times larger than intended. */
function unitMistake(resource: string, wanted: number, largest: number): string | undefined {
  if (wanted <= largest) return undefined;
  if (resource === 'cpu' && wanted >= 50 && Number.isInteger(wanted))
    return `${wanted} means whole cores; did you mean ${wanted}m?`;
  if (resource === 'memory' && wanted / 1024 <= largest) return `did you mean ${amountText('memory', wanted / 1024)}?`;
  return undefined;
}
