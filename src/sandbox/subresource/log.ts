import type { ServerResponse } from 'node:http';
import type { Call, Kernel } from '../api/kernel.ts';
import { currentObject } from '../api/update.ts';
import { each, part } from '../defaults/fill.ts';
import type { LogLine } from '../logs.ts';
import type { KubeObject } from '../object.ts';
import { badRequest, invalid, type StatusCause } from '../status.ts';
import { forbiddenField, invalidValue } from '../validate/field.ts';
import { NOT_NEGATIVE } from '../validate/rule.ts';

function containerOf(pod: KubeObject, requested: string | null): string {
  const containers = each(part(pod, 'spec'), 'containers').map(c => String(c.name));
  const inits = each(part(pod, 'spec'), 'initContainers').map(c => String(c.name));
  const { name } = pod.metadata;
  if (requested) {
    if ([...containers, ...inits].includes(requested)) return requested;
    throw badRequest(`container ${requested} is not valid for pod ${name}`);
  }
  if (containers.length === 1 && containers[0]) return containers[0];
  const init = inits.length > 0 ? ` or one of the init containers: [${inits.join(' ')}]` : '';
  throw badRequest(
    `a container name must be specified for pod ${name}, choose one of: [${containers.join(' ')}]${init}`,
  );
}

const WAITING: Readonly<Record<string, string>> = {
  ImagePullBackOff: 'trying and failing to pull image',
  ErrImagePull: "image can't be pulled",
};

/** Refuses the log of a container that has not run yet. */
function refuseUnstarted(pod: KubeObject, container: string, previous: boolean): void {
  const { name } = pod.metadata;
  const statuses = [
    ...each(part(pod, 'status'), 'containerStatuses'),
    ...each(part(pod, 'status'), 'initContainerStatuses'),
  ];
  const status = statuses.find(s => s.name === container);
  if (previous) {
    if (!part(status, 'lastState', 'terminated'))
      throw badRequest(`previous terminated container "${container}" in pod "${name}" not found`);
    return;
  }
  const reason = part(status, 'state', 'waiting')?.reason;
  const hasRun = part(status, 'lastState', 'terminated') !== undefined;
  if (!reason || hasRun) return;
  throw badRequest(
    `container "${container}" in pod "${name}" is waiting to start: ${WAITING[String(reason)] ?? reason}`,
  );
}

interface LogOptions {
  timestamps: boolean;
  since: number;
  tail: number;
}

/** Refuses invalid options of a log request. 422. */
function refuseInvalidLogOptions(name: string, query: URLSearchParams): void {
  const causes: StatusCause[] = [];
  const number = (option: string) => (query.get(option) === null ? undefined : Number(query.get(option)));
  const [tail, since] = [number('tailLines'), number('sinceSeconds')];
  if (tail !== undefined && tail < 0) causes.push(invalidValue('tailLines', tail, NOT_NEGATIVE));
  if (since !== undefined && query.get('sinceTime') !== null)
    causes.push(forbiddenField('[]', 'at most one of `sinceTime` or `sinceSeconds` may be specified'));
  else if (since !== undefined && since < 1) causes.push(invalidValue('sinceSeconds', since, 'must be greater than 0'));
  const limit = number('limitBytes');
  if (limit !== undefined && limit < 1) causes.push(invalidValue('limitBytes', limit, 'must be greater than 0'));
  if (causes.length > 0) throw invalid('', 'PodLogOptions', name, causes);
}

function optionsOf(query: URLSearchParams, now: number): LogOptions {
  const seconds = query.get('sinceSeconds');
  const time = query.get('sinceTime');
  const tail = query.get('tailLines');
  return {
    timestamps: query.get('timestamps') === 'true',
    since: seconds ? now - Number(seconds) * 1000 : time ? Date.parse(time) : 0,
    tail: tail === null ? Number.POSITIVE_INFINITY : Number(tail),
  };
}

const stamped = (ms: number) => `${new Date(ms).toISOString().slice(0, -1)}000000Z`;

function write(line: LogLine, { timestamps }: LogOptions): string {
  return `${timestamps ? `${stamped(line.time)} ` : ''}${line.text}\n`;
}

/** Answers the log of a container as text; with `follow=true` the connection stays open for what comes. */
export function serveLog(kernel: Kernel, call: Call, query: URLSearchParams, response: ServerResponse): void {
  const pod = currentObject(kernel, call);
  refuseInvalidLogOptions(call.name, query);
  const container = containerOf(pod, query.get('container'));
  const previous = query.get('previous') === 'true';
  if (!part(pod, 'spec')?.nodeName) {
    // The Pod has no node yet.
    response.writeHead(204);
    response.end();
    return;
  }
  refuseUnstarted(pod, container, previous);
  const options = optionsOf(query, kernel.clock.now());
  const namespace = call.namespace ?? '';
  const lines = kernel.logs.read(namespace, call.name, container, previous).filter(line => line.time >= options.since);
  const shown = options.tail === Number.POSITIVE_INFINITY ? lines : options.tail > 0 ? lines.slice(-options.tail) : [];
  const limit = Number(query.get('limitBytes') ?? 0) || Number.POSITIVE_INFINITY;
  response.writeHead(200, { 'Content-Type': 'text/plain' });
  const text = shown.map(line => write(line, options)).join('');
  response.write(text.length > limit ? text.slice(0, limit) : text);
  if (query.get('follow') !== 'true' || previous) {
    response.end();
    return;
  }
  const stopLines = kernel.logs.follow(namespace, call.name, container, line => response.write(write(line, options)));
  const stopPod = kernel.store.watch('pods', event => {
    const ended = event.type === 'DELETED' && event.object.metadata.uid === pod.metadata.uid;
    if (ended) response.end();
  });
  response.on('close', () => {
    stopLines();
    stopPod();
  });
}
