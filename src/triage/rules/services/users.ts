import type { ClusterView } from '../../../health/view/cluster-view.ts';
import { fields, list, text } from '../../../k8s/fields.ts';
import { targetOf } from '../../facts/service-route.ts';
import { hooksOf } from '../webhook/hooks.ts';

/** What needs each Service, by `namespace/name`, in words: `webhook x`, `Ingress shop`. */
export function serviceUsers(view: ClusterView): ReadonlyMap<string, readonly string[]> {
  const users = new Map<string, string[]>();
  const add = (namespace: string, name: string, words: string) => {
    const key = `${namespace}/${name}`;
    const known = users.get(key);
    if (known === undefined) users.set(key, [words]);
    else if (!known.includes(words)) known.push(words);
  };
  for (const { service, blocking, name } of hooksOf(view))
    if (service && blocking) add(service.namespace, service.name, `webhook ${name}`);
  for (const api of view.all('APIService')) {
    const target = targetOf(api.spec.service);
    if (target) add(target.namespace, target.name, `APIService ${api.metadata.name}`);
  }
  for (const crd of view.all('CustomResourceDefinition')) {
    const target = targetOf(fields(fields(fields(crd.spec.conversion).webhook).clientConfig).service);
    if (target) add(target.namespace, target.name, `conversion of ${crd.metadata.name}`);
  }
  for (const ingress of view.all('Ingress'))
    for (const { service } of backendsOf(ingress.spec))
      add(ingress.metadata.namespace ?? '', service, `Ingress ${ingress.metadata.name}`);
  for (const service of view.inNamespace('Service', 'kube-system'))
    if (isDns(service.metadata)) add('kube-system', service.metadata.name, 'every name lookup in the cluster');
  return users;
}

/** Whether a Service is the cluster's DNS. */
export const isDns = ({
  namespace,
  name,
  labels,
}: {
  namespace?: string;
  name: string;
  labels: Readonly<Record<string, string>>;
}): boolean =>
  namespace === 'kube-system' &&
  (labels['k8s-app'] === 'kube-dns' || ['kube-dns', 'coredns', 'rke2-coredns-rke2-coredns'].includes(name));

/** A Service and port that an Ingress sends requests to. `port` is a number or a name. */
export interface Backend {
  service: string;
  port: string;
  path: string;
}

/** The backends of an Ingress. */
export function backendsOf(spec: { [field: string]: unknown }): Backend[] {
  const backend = (value: unknown, path: string): Backend[] => {
    const service = fields(fields(value).service);
    const port = fields(service.port);
    return text(service.name) === ''
      ? []
      : [{ service: text(service.name), port: text(port.name) || text(port.number), path }];
  };
  const paths = list(spec.rules).flatMap(rule =>
    list(fields(rule.http).paths).flatMap(one => backend(one.backend, `${text(rule.host)}${text(one.path)}`)),
  );
  return [...backend(spec.defaultBackend, 'default backend'), ...paths];
}
