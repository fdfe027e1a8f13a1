import type { ClusterView, ViewObject } from '../../../health/view/cluster-view.ts';
import { finding } from '../../build.ts';
import { list, strings, text } from '../../fields.ts';
import type { Rule } from '../../rule.ts';
import { command } from '../../shell.ts';
import { certificatesIn, certificateWords, isFor, validityOf } from '../../x509.ts';

interface Served {
  ingress: ViewObject;
  namespace: string;
  secret: string;
  hosts: readonly string[];
}

function* servedBy(view: ClusterView): Iterable<Served> {
  for (const ingress of view.all('Ingress'))
    for (const one of list(ingress.spec.tls))
      if (text(one.secretName) !== '')
        yield {
          ingress,
          namespace: ingress.metadata.namespace ?? '',
          secret: text(one.secretName),
          hosts: strings(one.hosts),
        };
}

/** The certificate that an Ingress serves with: expired, about to, or for another host. */
export const ingressCertificate: Rule = {
  id: 'certificates/ingress',
  gate: 'G9',
  needs: ['Ingress'],
  wants: ['Certificate'],
  about: {
    looksAt: 'The certificates in the Secrets that spec.tls of Ingresses names: their validity and their host names.',
    why: 'Every client that verifies refuses a certificate that has expired or is for another host.',
    whatToDo: 'Renew the certificate, and see what should have renewed it.',
  },
  *asks({ view }) {
    for (const { namespace, secret } of servedBy(view)) yield { of: 'certificates', namespace, secret };
  },
  *look({ view, answers, now }) {
    const done = new Set<string>();
    for (const { ingress, namespace, secret, hosts } of servedBy(view)) {
      const answer = answers.certificates(namespace, secret);
      const [leaf] = answer?.ok
        ? (certificatesIn(answer.value.find(({ name }) => name === 'tls.crt')?.pem ?? '') ?? [])
        : [];
      if (leaf === undefined || done.has(`${namespace}/${secret}`)) continue;
      done.add(`${namespace}/${secret}`);
      const validity = validityOf(leaf, now);
      const foreign = hosts.filter(host => !isFor(leaf, host));
      if (validity === 'valid' && foreign.length === 0) continue;
      const isDead = validity === 'expired' || validity === 'not yet valid';
      const certificate = view
        .inNamespace('Certificate', namespace)
        .find(({ spec }) => text(spec.secretName) === secret);
      const until = new Date(leaf.until).toISOString().slice(0, 10);
      yield finding({
        rule: 'certificates/ingress',
        severity: isDead ? 'high' : 'warn',
        object: { apiVersion: 'v1', kind: 'Secret', namespace, name: secret },
        summary:
          isDead || foreign.length === 0
            ? `the TLS certificate of an Ingress ${validity === 'expired' ? `has expired ${until}` : validity === 'expires soon' ? `expires soon, ${until}` : 'is not yet valid'}`
            : `the TLS certificate of an Ingress is not for host ${foreign.join(', ')}`,
        since: validity === 'expired' ? { at: leaf.until, exact: true } : undefined,
        evidence: [
          `tls.crt: ${certificateWords(leaf)}`,
          `Ingress ${namespace}/${ingress.metadata.name} spec.tls: ${hosts.join(', ')}`,
        ],
        cause:
          certificate === undefined
            ? 'No cert-manager Certificate renews this Secret.'
            : `cert-manager Certificate ${certificate.metadata.name} should renew it.`,
        fixes: [
          certificate === undefined
            ? {
                text: 'Renew the certificate where it was issued, and replace tls.crt and tls.key in the Secret.',
                command: command(view, ['kubectl', 'get', 'secret', secret, '-n', namespace]),
              }
            : {
                text: 'See why cert-manager does not renew the certificate.',
                command: command(view, [
                  'kubectl',
                  'describe',
                  'certificate.cert-manager.io',
                  certificate.metadata.name,
                  '-n',
                  namespace,
                ]),
              },
        ],
        because: certificate === undefined ? [] : [{ kind: 'Certificate', namespace, name: certificate.metadata.name }],
      });
    }
  },
};
