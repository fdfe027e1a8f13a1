import type { ClusterView } from '../../../health/view/cluster-view.ts';
import { fields, list, strings, text } from '../../../k8s/fields.ts';
import { serviceBackends } from '../../facts/behind-service.ts';
import { type Certificate, certificatesIn, isFor } from '../../facts/x509.ts';
import type { Answers } from '../../run/named-read.ts';
import { callsSeen } from './calls.ts';
import type { Hook } from './hooks.ts';

/** A Secret that may hold the serving certificate of a webhook. */
export interface ServingSecret {
  namespace: string;
  name: string;
  /**
   * Whether a pod behind the webhook mounts it, or an annotation or Certificate names it; otherwise its name is a
   * guess.
   */
  known: boolean;
}

const INJECT = /^cert-manager\.io\/inject-ca-from(-secret)?$/;

/** The host names by which the API server calls a Service. */
export const hostOf = ({ namespace, name }: { namespace: string; name: string }): string => `${name}.${namespace}.svc`;

/**
 * The Secrets with the serving certificate of a webhook: mounted by its pods or named by cert-manager; guessed when
 * its calls fail with TLS errors.
 */
export function servingSecrets(view: ClusterView, hook: Hook): ServingSecret[] {
  const { service } = hook;
  if (service === undefined) return [];
  const { pods, workloads } = serviceBackends(view, service.namespace, service.name);
  const specs =
    pods[0] === undefined ? workloads.slice(0, 1).map(one => fields(fields(one.spec.template).spec)) : [pods[0].spec];
  const mounted = specs
    .flatMap(spec => list(spec.volumes).flatMap(secretsOfVolume))
    .map(name => ({ namespace: service.namespace, name }));
  const found = [...mounted, ...injectedFrom(view, hook), ...certificatesFor(view, service)];
  const known = new Map(found.map(one => [`${one.namespace}/${one.name}`, { ...one, known: true }]));
  if (known.size > 0 || !failsByTls(view, hook)) return [...known.values()];
  return guesses(service.name).map(name => ({ namespace: service.namespace, name, known: false }));
}

const secretsOfVolume = (volume: Readonly<Record<string, unknown>>): string[] =>
  [
    text(fields(volume.secret).secretName),
    ...list(fields(volume.projected).sources).map(one => text(fields(one.secret).name)),
  ].filter(name => name !== '');

function injectedFrom(view: ClusterView, { configuration }: Hook): { namespace: string; name: string }[] {
  return Object.entries(configuration.metadata.annotations).flatMap(([key, value]) => {
    const match = INJECT.exec(key);
    const [namespace, name] = value.split('/');
    if (match === null || !namespace || !name) return [];
    if (match[1] !== undefined) return [{ namespace, name }];
    const secret = text(view.get('Certificate', namespace, name)?.spec.secretName);
    return secret === '' ? [] : [{ namespace, name: secret }];
  });
}

const certificatesFor = (view: ClusterView, service: { namespace: string; name: string }) =>
  view
    .inNamespace('Certificate', service.namespace)
    .filter(({ spec }) => strings(spec.dnsNames).includes(hostOf(service)))
    .map(({ spec }) => ({ namespace: service.namespace, name: text(spec.secretName) }));

const failsByTls = (view: ClusterView, hook: Hook): boolean =>
  callsSeen(view, [hook]).some(({ refusal }) => /certificate|authority|TLS/.test(refusal.how));

/** The names that charts and kubebuilder give such Secrets. */
function guesses(service: string): string[] {
  const stem = service.replace(/-(service|svc)$/, '');
  const names = [stem, stem.replace(/-server$/, ''), service].flatMap(one => [
    `${one}-cert`,
    `${one}-certs`,
    `${one}-tls`,
    `${one}-ca`,
  ]);
  return [...new Set([...names, `${stem}-server-cert`, 'webhook-server-cert'])];
}

/** The serving certificate of a webhook, if it was read. */
export interface Serving {
  secret: ServingSecret;
  leaf: Certificate;
  others: readonly Certificate[];
  /** Whether the certificate is for the host name by which the webhook is called. */
  isForHost: boolean;
}

/** The serving certificate of a webhook; of several, the one for its host name. */
export function servingOf(view: ClusterView, answers: Answers, hook: Hook): Serving | undefined {
  const all: Serving[] = [];
  for (const secret of servingSecrets(view, hook)) {
    const read = answers.certificates(secret.namespace, secret.name);
    if (!read?.ok) continue;
    const pem = read.value.find(({ name }) => name === 'tls.crt' || (name !== 'ca.crt' && name.endsWith('.crt')))?.pem;
    const [leaf, ...others] = certificatesIn(pem ?? '') ?? [];
    if (leaf === undefined || leaf.isAuthority) continue;
    all.push({ secret, leaf, others, isForHost: hook.service !== undefined && isFor(leaf, hostOf(hook.service)) });
  }
  return all.find(one => one.isForHost) ?? all.find(one => one.secret.known);
}
