import type { ClusterView, ViewObject } from '../../../health/view/cluster-view.ts';
import { fields, text, time } from '../../../k8s/fields.ts';
import { condition, conditions, created, quoted } from '../../facts/fields.ts';
import { nearest } from '../../facts/near-miss.ts';
import type { FindingDraft } from '../../finding/build.ts';
import { causeOf } from '../../finding/cause.ts';
import type { Cause } from '../../finding/finding.ts';
import { command, patchCommand } from '../../finding/shell.ts';
import type { Rule } from '../../rule.ts';
import { stoppedAt } from './issuing.ts';

/** Issuing takes a while: DNS and ACME challenges are slow. */
const GRACE_MS = 5 * 60_000;
const ISSUERS = ['Issuer', 'ClusterIssuer'] as const;

const young = (object: ViewObject, now: number, since: number | undefined): boolean =>
  now - (since ?? created(object)) < GRACE_MS;

/** The workloads of cert-manager: when they fail, no certificate is issued. */
const certManager = (view: ClusterView): Cause[] =>
  [...view.all('Deployment')]
    .filter(({ metadata }) => /(^|-)cert-manager(-webhook|-cainjector)?$/.test(metadata.name))
    .map(one => causeOf(one));

/** A cert-manager Certificate that is not issued, not renewed, or expired. */
export const certificateNotReady: Rule = {
  id: 'certificates/not-ready',
  gate: 'G9',
  needs: ['Certificate'],
  wants: ['Issuer', 'ClusterIssuer', 'Deployment', 'CertificateRequest', 'Order', 'Challenge'],
  about: {
    looksAt:
      'The conditions Ready and Issuing of cert-manager Certificates, status.notAfter and status.renewalTime, whether the issuer exists and is ready, and the progress of the CertificateRequest, its Order and its Challenges.',
    why: 'When a certificate is not issued, its Secret is missing or holds a certificate that expires, and TLS connections to everything that uses it fail.',
    whatToDo:
      'Follow the chain Certificate, CertificateRequest, Order, Challenge until one gives a reason; most often the issuer is missing or not ready.',
  },
  *look({ view, now }) {
    for (const certificate of view.all('Certificate')) {
      const found = notReady(view, now, certificate);
      if (found !== undefined) yield found;
    }
  },
};

/** What is wrong with a certificate, how bad it is, and since when. */
interface Wrong {
  what: string;
  broken: boolean;
  since: number | undefined;
}

function wrongWith(certificate: ViewObject, now: number): Wrong | undefined {
  const ready = condition(certificate, 'Ready');
  const until = time(certificate.status.notAfter);
  const renewal = time(certificate.status.renewalTime);
  if (certificate.metadata.deletionTimestamp !== undefined) return undefined;
  if (until !== undefined && until <= now)
    return { what: 'the certificate has expired and was not renewed', broken: true, since: until };
  if (ready?.status !== 'True')
    return young(certificate, now, ready?.since)
      ? undefined
      : { what: 'the certificate is not ready: it was not issued', broken: true, since: ready?.since };
  const overdue = renewal !== undefined && now - renewal > GRACE_MS;
  return overdue ? { what: 'the certificate is overdue for renewal', broken: false, since: renewal } : undefined;
}

function notReady(view: ClusterView, now: number, certificate: ViewObject): FindingDraft | undefined {
  const wrong = wrongWith(certificate, now);
  if (wrong === undefined) return undefined;
  const { name, namespace = '' } = certificate.metadata;
  const { spec, status } = certificate;
  const { cause, problem, near } = issuerOf(view, certificate);
  const stopped = problem === undefined ? stoppedAt(view, certificate) : undefined;
  const why = problem ?? stopped?.what;
  const readyMessage = condition(certificate, 'Ready')?.message;
  return {
    severity: wrong.broken ? 'high' : 'warn',
    object: certificate,
    summary: why === undefined ? wrong.what : `${wrong.what}: ${why}`,
    since: wrong.since === undefined ? undefined : { at: wrong.since, exact: true },
    evidence: [
      ...conditions(certificate).map(quoted),
      status.notAfter !== undefined && `status.notAfter: ${text(status.notAfter)}`,
      status.renewalTime !== undefined && `status.renewalTime: ${text(status.renewalTime)}`,
      ...(stopped?.evidence ?? []),
      `spec.issuerRef: ${JSON.stringify(spec.issuerRef ?? {})}, spec.secretName: ${text(spec.secretName)}`,
    ],
    cause:
      why === undefined
        ? readyMessage || 'cert-manager has not issued it; its CertificateRequest and Order say why.'
        : `${why}.`,
    fixes: [
      stopped?.fix,
      near !== undefined && {
        text: `Use the existing issuer ${near}.`,
        command: patchCommand(view, ['certificate.cert-manager.io', name, '-n', namespace], 'merge', {
          spec: { issuerRef: { name: near } },
        }),
      },
      problem !== undefined &&
        near === undefined && {
          text: `Create or fix ${cause.kind} ${cause.name}, or set spec.issuerRef to an issuer that is ready.`,
          command: command(view, ['kubectl', 'edit', 'certificate.cert-manager.io', name, '-n', namespace]),
        },
      {
        text: 'See why the certificate is not issued or renewed: its CertificateRequest, Order and Challenge.',
        command: command(view, ['kubectl', 'get', 'certificaterequests,orders,challenges', '-n', namespace]),
      },
    ],
    because: [cause, ...certManager(view)],
  };
}

interface IssuerState {
  cause: Cause;
  problem?: string;
  near?: string;
}

function issuerOf(view: ClusterView, { metadata, spec }: ViewObject): IssuerState {
  const ref = fields(spec.issuerRef);
  const kind = ISSUERS.find(one => one === (text(ref.kind) || 'Issuer'));
  const name = text(ref.name);
  const namespace = kind === 'Issuer' ? metadata.namespace : undefined;
  const cause: Cause = { kind: text(ref.kind) || 'Issuer', name, ...(namespace !== undefined && { namespace }) };
  // Issuers of other groups, and kinds that were not read, cannot be judged.
  if (kind === undefined || view.sync(kind).state !== 'live' || !['', 'cert-manager.io'].includes(text(ref.group)))
    return { cause };
  const issuer = view.get(kind, namespace, name);
  if (issuer !== undefined) {
    const ready = condition(issuer, 'Ready');
    return ready?.status === 'False'
      ? { cause, problem: `its ${kind} ${name} is not ready (${ready.reason})` }
      : { cause };
  }
  const others = (namespace === undefined ? [...view.all(kind)] : view.inNamespace(kind, namespace)).map(
    one => one.metadata.name,
  );
  const near = nearest(name, others);
  const otherKind = ISSUERS.find(one => one !== kind && [...view.all(one)].some(each => each.metadata.name === name));
  const hint =
    near !== undefined ? `; there is ${near}` : otherKind !== undefined ? `; there is a ${otherKind} of that name` : '';
  return { cause, problem: `its ${kind} ${name} is not found${hint}`, ...(near !== undefined && { near }) };
}

/** An issuer that cannot issue. */
export const issuerNotReady: Rule = {
  id: 'certificates/issuer',
  gate: 'G9',
  needs: ['Issuer', 'ClusterIssuer'],
  wants: ['Certificate', 'Deployment'],
  about: {
    looksAt: 'The condition Ready of cert-manager Issuers and ClusterIssuers.',
    why: 'An issuer that is not ready issues and renews no certificates.',
    whatToDo:
      'Read the condition: the account could not be registered, the Secret with the CA is missing, or the ACME server does not answer.',
  },
  *look({ view, now }) {
    for (const issuer of view.all(...ISSUERS)) {
      const ready = condition(issuer, 'Ready');
      if (ready?.status !== 'False' || young(issuer, now, ready.since)) continue;
      const used = [...view.all('Certificate')].filter(
        ({ spec, metadata }) =>
          text(fields(spec.issuerRef).name) === issuer.metadata.name &&
          (issuer.kind === 'ClusterIssuer' || metadata.namespace === issuer.metadata.namespace),
      );
      yield {
        severity: used.length > 0 ? 'high' : 'warn',
        object: issuer,
        summary: `the certificate issuer is not ready (${ready.reason}): ${ready.message.slice(0, 160)}`,
        since: ready.since === undefined ? undefined : { at: ready.since, exact: true },
        evidence: [
          quoted(ready),
          ...used.slice(0, 4).map(({ metadata }) => `Certificate ${metadata.namespace}/${metadata.name} uses it`),
        ],
        cause: ready.message,
        fixes: [
          {
            text: 'Fix what the condition of the issuer reports.',
            command: command(view, [
              'kubectl',
              'describe',
              `${issuer.kind.toLowerCase()}.cert-manager.io`,
              issuer.metadata.name,
              ...(issuer.metadata.namespace === undefined ? [] : ['-n', issuer.metadata.namespace]),
            ]),
          },
        ],
        because: certManager(view),
      };
    }
  },
};
