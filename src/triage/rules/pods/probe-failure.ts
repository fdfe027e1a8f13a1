import type { Fields } from '../../../k8s/fields.ts';
import { fields, list, number, strings, text } from '../../../k8s/fields.ts';
import { nearest } from '../../facts/near-miss.ts';
import type { Container } from './containers.ts';

export type ProbeType = 'readiness' | 'liveness' | 'startup';

/** The probe of a container by type, with its target. */
export function probeOf({ spec }: Container, type: ProbeType): { probe: Fields; target: string } | undefined {
  const value = spec[`${type}Probe`];
  if (!value) return undefined;
  const probe = fields(value);
  const { httpGet, tcpSocket, grpc, exec } = probe;
  if (httpGet)
    return {
      probe,
      target: `HTTP GET ${text(fields(httpGet).scheme).toLowerCase() || 'http'}://:${text(fields(httpGet).port)}${text(fields(httpGet).path) || '/'}`,
    };
  if (tcpSocket) return { probe, target: `TCP :${text(fields(tcpSocket).port)}` };
  if (grpc) return { probe, target: `gRPC :${text(fields(grpc).port)}` };
  return { probe, target: `exec ${strings(fields(exec).command).join(' ')}` };
}

interface ProbeFailure {
  meaning: string;
  fix: string;
}

/** What the message of a failed probe means for this container, and the fix in one sentence. */
export function probeFailure(container: Container, type: ProbeType, message: string): ProbeFailure {
  const at = probeOf(container, type);
  const port = portOf(at?.probe ?? {});
  const wrong = port === undefined ? undefined : wrongPort(container, port);
  const status = /statuscode: (\d+)/.exec(message)?.[1];
  if (wrong && (status === undefined || /^\d+$/.test(port ?? '') === false)) return wrong;
  if (status !== undefined) return statusFailure(container, type, status);
  return messageFailure(message, { type, port, timeout: number(at?.probe.timeoutSeconds, 1) });
}

/** What it means that the probe gets this HTTP status. */
function statusFailure(container: Container, type: ProbeType, status: string): ProbeFailure {
  if (status === '404') {
    const path = text(fields(probeOf(container, type)?.probe.httpGet).path) || '/';
    const others = otherPaths(container, type).filter(one => one !== path);
    return {
      meaning: `HTTP 404: nothing at path ${path}${others.length > 0 ? ` (another probe uses ${others[0]})` : ''}`,
      fix: `Correct the path of the ${type} probe: ${path} does not exist${others.length > 0 ? `, perhaps ${others[0]} was meant` : ''}.`,
    };
  }
  if (status === '401' || status === '403')
    return {
      meaning: `HTTP ${status}: the path requires credentials`,
      fix: `Point the ${type} probe to a path without authentication.`,
    };
  return {
    meaning: `HTTP ${status}: the program itself reports that it is unhealthy`,
    fix: 'Read the log: the program answers the probe, and reports that it is unhealthy.',
  };
}

/** What the kubelet's own message means when there is no HTTP status. */
function messageFailure(
  message: string,
  { type, port, timeout }: { type: ProbeType; port: string | undefined; timeout: number },
): ProbeFailure {
  if (/connection refused/.test(message))
    return {
      meaning: `connection refused: nothing listens on port ${port}`,
      fix: `Correct the port of the ${type} probe, or make the program listen there (on all addresses, not only 127.0.0.1).`,
    };
  if (/HTTP response to HTTPS|malformed HTTP response|tls:|first record does not look like/.test(message))
    return {
      meaning: 'one side uses HTTP and the other HTTPS',
      fix: `Set the scheme of the ${type} probe to the one that the program uses.`,
    };
  if (/deadline exceeded|timed? ?out|Client\.Timeout/i.test(message))
    return {
      meaning: `no answer within timeoutSeconds ${timeout}`,
      fix: `Raise timeoutSeconds of the ${type} probe, or find out why the program answers so slowly.`,
    };
  if (/executable file not found|no such file or directory/.test(message))
    return {
      meaning: 'its command is not in the image',
      fix: `Use a command for the ${type} probe that exists in the image.`,
    };
  if (/no route to host|network is unreachable/.test(message))
    return { meaning: 'the node cannot reach the pod', fix: 'Look at the network of the node (CNI).' };
  return {
    meaning: message.replace(/^\w+ probe (failed|errored)[^:]*: ?/, '').slice(0, 160) || 'no event says why',
    fix: `Correct the ${type} probe, or fix the problem that it reports.`,
  };
}

const portOf = (probe: Fields): string | undefined =>
  [probe.httpGet, probe.tcpSocket, probe.grpc].map(one => text(fields(one).port)).find(one => one !== '');

/** A port that the container does not declare, while it declares others. */
function wrongPort({ spec }: Container, port: string): ProbeFailure | undefined {
  const ports = list(spec.ports);
  const names = ports.map(one => text(one.name)).filter(one => one !== '');
  const numbers = ports.map(one => text(one.containerPort));
  const declared = ports.map(one => `${text(one.name) && `${text(one.name)} `}${text(one.containerPort)}`).join(', ');
  if (names.includes(port) || numbers.includes(port) || ports.length === 0) return undefined;
  const near = /^\d+$/.test(port)
    ? numbers.length === 1
      ? numbers[0]
      : undefined
    : (nearest(port, names) ?? (names.length === 1 ? names[0] : undefined));
  return {
    meaning: `it uses port ${port}, but the container declares ${declared}`,
    fix: `Correct the port of the probe${near ? `: ${near}, not ${port}` : ''}.`,
  };
}

const otherPaths = ({ spec }: Container, type: ProbeType): string[] =>
  (['readiness', 'liveness', 'startup'] as const)
    .filter(one => one !== type)
    .map(one => text(fields(fields(spec[`${one}Probe`]).httpGet).path))
    .filter(one => one !== '');
