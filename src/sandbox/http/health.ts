import recorded from '../recorded/version.json' with { type: 'json' };
import { type Answer, json, pageNotFound } from './answer.ts';

const CHECKS = [
  'ping',
  'log',
  'etcd',
  'etcd-readiness',
  'informer-sync',
  'poststarthook/start-apiserver-admission-initializer',
  'poststarthook/generic-apiserver-start-informers',
  'poststarthook/priority-and-fairness-config-consumer',
  'poststarthook/priority-and-fairness-filter',
  'poststarthook/storage-object-count-tracker-hook',
  'poststarthook/start-apiextensions-informers',
  'poststarthook/start-apiextensions-controllers',
  'poststarthook/crd-informer-synced',
  'poststarthook/start-system-namespaces-controller',
  'poststarthook/start-cluster-authentication-info-controller',
  'poststarthook/start-kube-apiserver-identity-lease-controller',
  'poststarthook/start-kube-apiserver-identity-lease-garbage-collector',
  'poststarthook/start-legacy-token-tracking-controller',
  'poststarthook/start-service-ip-repair-controllers',
  'poststarthook/rbac/bootstrap-roles',
  'poststarthook/scheduling/bootstrap-system-priority-classes',
  'poststarthook/priority-and-fairness-config-producer',
  'poststarthook/bootstrap-controller',
  'poststarthook/start-kubernetes-service-cidr-controller',
  'poststarthook/aggregator-reload-proxy-client-cert',
  'poststarthook/start-kube-aggregator-informers',
  'poststarthook/apiservice-status-local-available-controller',
  'poststarthook/apiservice-status-remote-available-controller',
  'poststarthook/apiservice-registration-controller',
  'poststarthook/apiservice-discovery-controller',
  'poststarthook/kube-apiserver-autoregistration',
  'autoregister-completion',
  'poststarthook/apiservice-openapi-controller',
  'poststarthook/apiservice-openapiv3-controller',
  'shutdown',
];

const NOT_IN: Readonly<Record<string, readonly string[]>> = {
  readyz: [],
  livez: ['etcd-readiness', 'informer-sync', 'shutdown'],
  healthz: ['etcd-readiness', 'informer-sync', 'shutdown'],
};

/** `/healthz`, `/livez`, `/readyz`: `ok`, or with `verbose` a line for each check. */
export function health(path: string, query: URLSearchParams): Answer {
  const [, probe = '', ...rest] = path.split('/');
  const left = NOT_IN[probe];
  if (!left) return pageNotFound();
  const checks = CHECKS.filter(check => !left.includes(check));
  if (rest.length > 0) return checks.includes(rest.join('/')) ? text('ok') : pageNotFound();
  if (query.get('verbose') === null) return text('ok');
  return text(`${checks.map(check => `[+]${check} ok`).join('\n')}\n${probe} check passed\n`);
}

const text = (body: string): Answer => ({ is: 'text', code: 200, text: body });

/** The version of the recorded API server, marked as the sandbox's. */
export const version = (): Answer =>
  json(200, {
    ...recorded,
    gitVersion: `${recorded.gitVersion}+mayday-sandbox`,
    gitCommit: '0000000000000000000000000000000000000000',
    gitTreeState: 'clean',
  });
