import type { ClusterView, ViewObject } from '../../../health/view/cluster-view.ts';
import { strings, text } from '../../../k8s/fields.ts';
import { condition, created, quoted } from '../../facts/fields.ts';
import { type FixDraft, refOf } from '../../finding/build.ts';
import { command, named } from '../../finding/shell.ts';

/** Where the issuing of a certificate stopped, and why. */
export interface Stopped {
  what: string;
  evidence: string[];
  fix: FixDraft;
}

const CERTIFICATE = 'cert-manager.io/certificate-name';
const FAILED = new Set(['invalid', 'errored', 'expired']);

/**
 * Follows a certificate that is not issued to its newest CertificateRequest, to the Order of that request, and to the
 * Challenge of that Order. Returns what the last of these that reports a problem says; undefined where none does.
 */
export function stoppedAt(view: ClusterView, certificate: ViewObject): Stopped | undefined {
  const request = newest(requestsOf(view, certificate));
  if (request === undefined) return undefined;
  const order = newest(ordersOf(view, certificate, request));
  const challenge = order && challengesOf(view, certificate, order).find(one => text(one.status.reason) !== '');
  return (
    (challenge && stoppedByChallenge(view, challenge)) ??
    (order && FAILED.has(text(order.status.state)) ? stoppedByOrder(view, order) : undefined) ??
    stoppedByRequest(view, request)
  );
}

const newest = (objects: readonly ViewObject[]): ViewObject | undefined =>
  [...objects].sort((a, b) => created(b) - created(a) || (a.metadata.name < b.metadata.name ? 1 : -1))[0];

const isOwnedBy = ({ metadata }: ViewObject, owner: ViewObject): boolean =>
  metadata.ownerReferences.some(({ uid }) => uid === owner.metadata.uid);

const isFor = ({ metadata }: ViewObject, certificate: ViewObject): boolean =>
  metadata.annotations[CERTIFICATE] === certificate.metadata.name;

const requestsOf = (view: ClusterView, certificate: ViewObject): ViewObject[] =>
  view
    .inNamespace('CertificateRequest', certificate.metadata.namespace ?? '')
    .filter(one => isOwnedBy(one, certificate) || isFor(one, certificate));

const ordersOf = (view: ClusterView, certificate: ViewObject, request: ViewObject): ViewObject[] => {
  const all = view.inNamespace('Order', certificate.metadata.namespace ?? '');
  const own = all.filter(one => isOwnedBy(one, request));
  return own.length > 0 ? own : all.filter(one => isFor(one, certificate));
};

const challengesOf = (view: ClusterView, certificate: ViewObject, order: ViewObject): ViewObject[] => {
  const all = view.inNamespace('Challenge', certificate.metadata.namespace ?? '');
  const own = all.filter(one => isOwnedBy(one, order));
  const names = strings(certificate.spec.dnsNames);
  return own.length > 0 ? own : all.filter(({ spec }) => names.includes(text(spec.dnsName)));
};

function stoppedByChallenge(view: ClusterView, challenge: ViewObject): Stopped {
  const { spec, status, metadata } = challenge;
  const [type, host, reason] = [text(spec.type), text(spec.dnsName), text(status.reason)];
  return {
    what: `the ${type} challenge for ${host} is ${text(status.state) || 'pending'}: ${reason}`,
    evidence: [`Challenge ${metadata.name} status: state ${text(status.state)}, reason "${reason}"`],
    fix: {
      text:
        type === 'DNS-01'
          ? `Make the DNS-01 challenge succeed: check the credentials of the DNS provider in the solver of the issuer, and that _acme-challenge.${host} resolves from the internet.`
          : `Make the HTTP-01 challenge succeed: http://${host}/.well-known/acme-challenge/… must reach the solver from the internet. Check the DNS of ${host}, the ingress class of the solver, redirects to HTTPS, and network policies.`,
      command: command(view, ['kubectl', 'describe', ...named(refOf(challenge))]),
    },
  };
}

function stoppedByOrder(view: ClusterView, order: ViewObject): Stopped {
  const { status, metadata } = order;
  const reason = text(status.reason);
  return {
    what: `its ACME order is ${text(status.state)}${reason && `: ${reason}`}`,
    evidence: [`Order ${metadata.name} status: state ${text(status.state)}, reason "${reason}"`],
    fix: {
      text: 'Fix what the ACME server reports about the order (a name that does not resolve, a CAA record, a rate limit), then delete the failed CertificateRequest: cert-manager requests the certificate again.',
      command: command(view, ['kubectl', 'describe', ...named(refOf(order))]),
    },
  };
}

function stoppedByRequest(view: ClusterView, request: ViewObject): Stopped | undefined {
  const denied = ['Denied', 'InvalidRequest'].map(type => condition(request, type)).find(one => one?.status === 'True');
  const ready = condition(request, 'Ready');
  const evidence = [denied, ready].flatMap(one =>
    one === undefined ? [] : [`CertificateRequest ${request.metadata.name} ${quoted(one)}`],
  );
  const describe = command(view, ['kubectl', 'describe', ...named(refOf(request))]);
  if (denied?.type === 'Denied')
    return {
      what: `its certificate request was denied: ${denied.message || denied.reason}`,
      evidence,
      fix: {
        text: 'Allow the request in the approval policy (CertificateRequestPolicy), or change the certificate so that it requests only what the policy allows.',
        command: describe,
      },
    };
  if (denied !== undefined || ready?.reason === 'Failed')
    return {
      what: `its certificate request failed: ${(denied ?? ready)?.message}`,
      evidence,
      fix: {
        text: 'Fix what the message names, then delete the failed CertificateRequest: cert-manager creates a new one.',
        command: command(view, ['kubectl', 'delete', ...named(refOf(request))]),
      },
    };
  if (ready?.status === 'True' || condition(request, 'Approved')?.status === 'True') return undefined;
  return {
    what: 'its certificate request has not been approved',
    evidence: [`CertificateRequest ${request.metadata.name} status.conditions[Approved]: none`],
    fix: {
      text: 'Check that the approver is running: the cert-manager controller, or approver-policy if it is installed.',
      command: describe,
    },
  };
}
