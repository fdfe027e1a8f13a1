import { each, ensure, type Fields, fill, part } from './fill.ts';

/** `latest`, or no tag and no digest, is pulled each time. */
function pullPolicy(image: unknown): string {
  const text = typeof image === 'string' ? image : '';
  if (text.includes('@')) return 'IfNotPresent';
  const tag = text.split('/').at(-1)?.split(':')[1];
  return tag === undefined || tag === 'latest' ? 'Always' : 'IfNotPresent';
}

function probe(target: Fields | undefined, failureThreshold = 3): void {
  if (!target) return;
  const http = part(target, 'httpGet');
  if (http) fill(http, { path: '/', scheme: 'HTTP' });
  fill(target, { timeoutSeconds: 1, periodSeconds: 10, successThreshold: 1, failureThreshold });
}

function container(target: Fields): void {
  fill(target, {
    terminationMessagePath: '/dev/termination-log',
    terminationMessagePolicy: 'File',
    imagePullPolicy: pullPolicy(target.image),
  });
  ensure(target, 'resources');
  for (const port of each(target, 'ports')) fill(port, { protocol: 'TCP' });
  for (const name of ['livenessProbe', 'readinessProbe', 'startupProbe']) probe(part(target, name));
  for (const hook of ['postStart', 'preStop']) {
    const http = part(target, 'lifecycle', hook, 'httpGet');
    if (http) fill(http, { path: '/', scheme: 'HTTP' });
  }
  for (const env of each(target, 'env')) {
    const field = part(env, 'valueFrom', 'fieldRef');
    if (field) fill(field, { apiVersion: 'v1' });
  }
}

function requestsFromLimits(resources: Fields | undefined): void {
  const limits = part(resources, 'limits');
  if (!resources || !limits) return;
  fill(ensure(resources, 'requests'), limits);
}

const DEFAULT_MODE = 0o644;

function volume(target: Fields): void {
  if (Object.keys(target).every(key => key === 'name')) target.emptyDir = {};
  for (const name of ['configMap', 'downwardAPI', 'projected']) {
    const source = part(target, name);
    if (source) fill(source, { defaultMode: DEFAULT_MODE });
  }
  const secret = part(target, 'secret');
  if (secret) fill(secret, { defaultMode: DEFAULT_MODE });
  const hostPath = part(target, 'hostPath');
  if (hostPath) fill(hostPath, { type: '' });
  for (const source of each(part(target, 'projected'), 'sources')) {
    const token = part(source, 'serviceAccountToken');
    if (token) fill(token, { expirationSeconds: 3600 });
    downwardItems(part(source, 'downwardAPI'));
  }
  downwardItems(part(target, 'downwardAPI'));
}

function downwardItems(source: Fields | undefined): void {
  for (const item of each(source, 'items')) {
    const field = part(item, 'fieldRef');
    if (field) fill(field, { apiVersion: 'v1' });
  }
}

/** Sets missing requests of a Pod to its limits. Templates are left as they are. */
export function requestLimits(spec: Fields | undefined): void {
  for (const list of ['containers', 'initContainers'])
    for (const c of each(spec, list)) requestsFromLimits(part(c, 'resources'));
}

/** The defaults of a pod spec. */
export function podSpec(spec: Fields | undefined): void {
  if (!spec) return;
  fill(spec, {
    restartPolicy: 'Always',
    terminationGracePeriodSeconds: 30,
    dnsPolicy: 'ClusterFirst',
    schedulerName: 'default-scheduler',
  });
  ensure(spec, 'securityContext');
  // A negative grace period counts as the shortest one.
  if (typeof spec.terminationGracePeriodSeconds === 'number' && spec.terminationGracePeriodSeconds < 0)
    spec.terminationGracePeriodSeconds = 1;
  if (spec.hostNetwork === true)
    for (const c of each(spec, 'containers'))
      for (const port of each(c, 'ports')) fill(port, { hostPort: port.containerPort });
  if (typeof spec.serviceAccountName === 'string') fill(spec, { serviceAccount: spec.serviceAccountName });
  else if (typeof spec.serviceAccount === 'string') fill(spec, { serviceAccountName: spec.serviceAccount });
  for (const list of ['containers', 'initContainers', 'ephemeralContainers'])
    for (const c of each(spec, list)) container(c);
  for (const v of each(spec, 'volumes')) volume(v);
}
