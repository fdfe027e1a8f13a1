import type { ClusterView, ViewObject } from '../../../health/view/cluster-view.ts';
import { list, strings, text } from '../../../k8s/fields.ts';
import { created } from '../../facts/fields.ts';
import { type Certificate, certificatesIn, certificateText, isFor, validityOf } from '../../facts/x509.ts';
import type { FindingDraft } from '../../finding/build.ts';
import { command } from '../../finding/shell.ts';
import type { Rule, RuleInput } from '../../rule.ts';

/** A certificate may be issued some time after its Ingress was created. */
const FRESH_MS = 3 * 60_000;

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

/** The certificate that an Ingress serves: expired, about to expire, or for another host. */
export const ingressCertificate: Rule = {
  id: 'certificates/ingress',
  gate: 'G9',
  needs: ['Ingress'],
  wants: ['Certificate'],
  about: {
    looksAt:
      'The Secrets that Ingresses name in spec.tls: whether they exist and contain a certificate, and its validity and host names.',
    why: 'Clients that verify certificates reject one that has expired or is for another host.',
    whatToDo: 'Renew the certificate, and find out what should have renewed it.',
  },
  *asks({ view }) {
    for (const { namespace, secret } of servedBy(view)) yield { is: 'certificates', namespace, secret };
  },
  *look({ view, answers, now }) {
    const done = new Set<string>();
    for (const served of servedBy(view)) {
      const { namespace, secret } = served;
      const answer = answers.certificates(namespace, secret);
      const absent = whyAbsent(answer);
      if (absent !== undefined && now - created(served.ingress) > FRESH_MS && !done.has(`${namespace}/${secret}`)) {
        done.add(`${namespace}/${secret}`);
        yield without(view, served, absent);
      }
      const [leaf] = answer?.ok
        ? (certificatesIn(answer.value.find(({ name }) => name === 'tls.crt')?.pem ?? '') ?? [])
        : [];
      if (leaf === undefined || done.has(`${namespace}/${secret}`)) continue;
      done.add(`${namespace}/${secret}`);
      const wrong = wrongWith(leaf, served.hosts, now);
      if (wrong !== undefined) yield report(view, served, leaf, wrong);
    }
  },
};

/** Why the certificate is missing; undefined when it is there, or could not be read. */
function whyAbsent(answer: ReturnType<RuleInput['answers']['certificates']>): string | undefined {
  if (answer === undefined) return undefined;
  if (!answer.ok) return answer.reason === 'not-found' ? 'does not exist' : undefined;
  return answer.value.some(({ name, pem }) => name === 'tls.crt' && pem !== '')
    ? undefined
    : 'has no tls.crt: it is not of type kubernetes.io/tls';
}

function without(view: ClusterView, { ingress, namespace, secret, hosts }: Served, absent: string): FindingDraft {
  const certificate = view.inNamespace('Certificate', namespace).find(({ spec }) => text(spec.secretName) === secret);
  return {
    severity: 'high',
    object: ingress,
    summary: `TLS secret ${secret} of the Ingress ${absent}${absent === 'does not exist' ? ' (secret not found)' : ''}`,
    evidence: [
      `spec.tls: secretName ${secret}, hosts ${hosts.join(', ') || 'none'}`,
      `Secret ${namespace}/${secret} ${absent}`,
    ],
    cause: `The ingress controller has no certificate for ${hosts.join(', ') || 'the hosts'}: Secret ${secret} ${absent}. It serves its default certificate, which clients do not trust.`,
    fixes: [
      {
        text: `Create TLS Secret ${secret} from the certificate and its key${certificate ? `; cert-manager Certificate ${certificate.metadata.name} should do so` : ''}.`,
        command: command(view, [
          'kubectl',
          'create',
          'secret',
          'tls',
          secret,
          '-n',
          namespace,
          '--cert=FILE',
          '--key=FILE',
        ]),
      },
      {
        text: 'Or correct secretName in spec.tls of the Ingress.',
        command: command(view, [
          'kubectl',
          'edit',
          'ingress.networking.k8s.io',
          ingress.metadata.name,
          '-n',
          namespace,
        ]),
      },
    ],
    because: certificate === undefined ? [] : [{ kind: 'Certificate', namespace, name: certificate.metadata.name }],
  };
}

interface Wrong {
  what: string;
  severity: 'high' | 'warn';
}

function wrongWith(leaf: Certificate, hosts: readonly string[], now: number): Wrong | undefined {
  const validity = validityOf(leaf, now);
  const until = new Date(leaf.until).toISOString().slice(0, 10);
  const unmatched = hosts.filter(host => !isFor(leaf, host));
  if (validity === 'expired') return { what: `expired on ${until}`, severity: 'high' };
  if (validity === 'not yet valid') return { what: 'is not yet valid', severity: 'high' };
  if (unmatched.length > 0) return { what: `is not valid for host ${unmatched.join(', ')}`, severity: 'warn' };
  return validity === 'valid' ? undefined : { what: `expires soon, on ${until}`, severity: 'warn' };
}

function report(
  view: ClusterView,
  { ingress, namespace, secret, hosts }: Served,
  leaf: Certificate,
  { what, severity }: Wrong,
): FindingDraft {
  const certificate = view.inNamespace('Certificate', namespace).find(({ spec }) => text(spec.secretName) === secret);
  return {
    severity,
    object: { apiVersion: 'v1', kind: 'Secret', namespace, name: secret },
    summary: `the TLS certificate of an Ingress ${what}`,
    since: what.startsWith('expired on') ? { at: leaf.until, exact: true } : undefined,
    evidence: [
      `tls.crt: ${certificateText(leaf)}`,
      `Ingress ${namespace}/${ingress.metadata.name} spec.tls: ${hosts.join(', ')}`,
    ],
    cause:
      certificate === undefined
        ? 'No cert-manager Certificate renews this Secret.'
        : `cert-manager Certificate ${certificate.metadata.name} should renew it.`,
    fixes: [
      certificate === undefined
        ? {
            text: 'Renew the certificate with the CA that issued it, and replace tls.crt and tls.key in the Secret.',
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
  };
}
