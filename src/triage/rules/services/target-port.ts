import type { ClusterView, ViewObject } from '../../../health/view/cluster-view.ts';
import type { Fields } from '../../../k8s/fields.ts';
import { fields, list, text } from '../../../k8s/fields.ts';
import { isReady } from '../../facts/behind-service.ts';
import { undoneBy } from '../../facts/claims.ts';
import { distance, nearest } from '../../facts/near-miss.ts';
import { command, patchCommand } from '../../finding/shell.ts';
import type { Rule } from '../../rule.ts';
import { declaredPorts, podsOf, selects } from './endpoints.ts';

/** A Service whose target port is not a port of its pods. */
export const targetPort: Rule = {
  id: 'service/target-port',
  gate: 'G9',
  needs: ['Service', 'Pod'],
  wants: ['EndpointSlice'],
  about: {
    looksAt:
      'The targetPort of each port of a Service, against the ports that the containers of its pods declare: by name, and by number where the probes of the pods show which port serves.',
    why: 'If no container declares the port name, the EndpointSlices lack that port: connections are refused although the pods are ready.',
    whatToDo: 'Correct targetPort in the Service, or name the port in the pod template.',
  },
  *look({ view }) {
    for (const service of view.all('Service')) {
      if (!selects(service) || service.metadata.deletionTimestamp !== undefined) continue;
      const pods = podsOf(view, service);
      if (pods.length === 0) continue;
      for (const [index, port] of list(service.spec.ports).entries()) {
        const miss = mismatchOf(port, pods);
        if (miss) yield findingFor(view, service, index, port, pods, miss);
      }
    }
  },
};

interface PortMismatch {
  target: string;
  near: string | undefined;
  declared: string[];
  severity: 'high' | 'warn';
}

const targetOf = (port: Fields): string => text(port.targetPort) || text(port.port);

function mismatchOf(port: Fields, pods: readonly ViewObject[]): PortMismatch | undefined {
  const target = targetOf(port);
  const protocol = text(port.protocol) || 'TCP';
  const ports = pods.map(pod => declaredPorts(pod.spec).filter(one => one.protocol === protocol));
  const all = [...new Set(ports.flat().map(one => `${one.name || one.port}`))];
  const declared = [...new Set(ports.flat().map(one => `${one.name ? `${one.name} ` : ''}${one.port}`))];
  if (!/^\d+$/.test(target)) {
    if (ports.some(one => one.some(({ name }) => name === target))) return undefined;
    const named = all.filter(one => !/^\d+$/.test(one));
    const other = pods.flatMap(pod => declaredPorts(pod.spec)).find(one => one.name === target);
    return {
      target,
      declared: other ? [...declared, `${other.name} ${other.port}/${other.protocol}`] : declared,
      near: nearest(target, named) ?? (all.length === 1 ? all[0] : undefined),
      severity: 'high',
    };
  }
  // Declared ports are only informational: a container may listen on others. When a probe succeeds on its only
  // declared port, the number is wrong.
  const numbers = new Set(ports.flat().map(one => one.port));
  if (numbers.size === 0 || numbers.has(Number(target))) return undefined;
  const probed = new Set(pods.filter(isReady).flatMap(pod => probePorts(pod)));
  const [only] = numbers;
  const isProven = numbers.size === 1 && only !== undefined && probed.has(only) && !probed.has(Number(target));
  const near = [...numbers].find(one => distance(String(one), target) <= 1) ?? (numbers.size === 1 ? only : undefined);
  return {
    target,
    declared,
    near: near === undefined ? undefined : String(near),
    severity: isProven ? 'high' : 'warn',
  };
}

/** The port numbers that the probes of a pod use. */
function probePorts(pod: ViewObject): number[] {
  return list(pod.spec.containers).flatMap(container =>
    [container.readinessProbe, container.livenessProbe].flatMap(probe => {
      const { httpGet, tcpSocket, grpc } = fields(probe);
      const port = text(fields(httpGet).port) || text(fields(tcpSocket).port) || text(fields(grpc).port);
      const named = list(container.ports).find(one => text(one.name) === port);
      const number = Number(named?.containerPort ?? port);
      return Number.isInteger(number) && number > 0 ? [number] : [];
    }),
  );
}

function findingFor(
  view: ClusterView,
  service: ViewObject,
  index: number,
  port: Fields,
  pods: readonly ViewObject[],
  { target, near, declared, severity }: PortMismatch,
) {
  const { namespace = '', name } = service.metadata;
  const isName = !/^\d+$/.test(target);
  const what = text(port.name) ? `port ${text(port.name)} (${text(port.port)})` : `port ${text(port.port)}`;
  const value = near !== undefined && /^\d+$/.test(near) ? Number(near) : near;
  return {
    severity,
    object: service,
    summary: `${what}: target port ${target} ${isName ? 'is not the name of any port of its pods' : 'is not declared by any of its pods'}${declared.length > 0 ? `; they have ${declared.join(', ')}` : ''}`,
    evidence: [
      `spec.ports[${index}]: port ${text(port.port)}, targetPort ${target}`,
      `ports that the pods declare: ${declared.join(', ') || 'none'}`,
      `pods: ${pods
        .slice(0, 4)
        .map(pod => pod.metadata.name)
        .join(', ')}`,
      isName &&
        `EndpointSlices: ${
          view
            .slicesOf(namespace, name)
            .map(
              slice =>
                `${slice.metadata.name} has ports ${
                  list(slice.ports)
                    .map(one => text(one.name) || text(one.port))
                    .join(', ') || 'none'
                }`,
            )
            .join('; ') || 'none'
        }`,
    ],
    cause: isName
      ? `No container of the pods has a port named ${target}, so the endpoints have no such port.${near ? ` Probably ${near} was meant.` : ''}`
      : `The pods declare ${declared.join(', ')}, not ${target}; their probes succeed on the declared port.`,
    fixes: [
      value !== undefined && {
        text: `Correct targetPort: ${near}, not ${target}.${undoneBy(view, service)}`,
        command: patchCommand(view, ['service', name, '-n', namespace], 'json', [
          { op: 'replace', path: `/spec/ports/${index}/targetPort`, value },
        ]),
      },
      {
        text: isName ? `Or name the port ${target} in the pod template.` : `Or make the container listen on ${target}.`,
        command: command(view, ['kubectl', 'get', 'service', name, '-n', namespace, '-o', 'yaml']),
      },
    ],
    because: [{ kind: 'Service', namespace, name, rule: 'chaos/' }],
  };
}
