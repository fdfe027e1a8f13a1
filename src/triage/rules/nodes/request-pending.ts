import type { ClusterView, ViewObject } from '../../../health/view/cluster-view.ts';
import { text } from '../../../k8s/fields.ts';
import { MANAGER_LEASE } from '../../facts/control-plane.ts';
import { condition, created } from '../../facts/fields.ts';
import { type FindingDraft, refOf } from '../../finding/build.ts';
import { causeOf } from '../../finding/cause.ts';
import { command, named } from '../../finding/shell.ts';
import type { Rule } from '../../rule.ts';

const CLIENT = ['kubernetes.io/kube-apiserver-client-kubelet'];
const SERVING = ['kubernetes.io/kubelet-serving'];
const USER = 'system:node:';
/** Approvers approve within seconds. */
const USUAL_WAIT_MS = 5 * 60_000;

/** Certificate signing requests of kubelets that are not approved or not signed. */
export const requestPending: Rule = {
  id: 'node/certificate-request',
  gate: 'G2',
  needs: ['CertificateSigningRequest'],
  wants: ['Node'],
  about: {
    looksAt:
      'CertificateSigningRequests of kubelets that have been Pending for over five minutes, or that were approved but not signed.',
    why: 'A kubelet without a client certificate cannot join the cluster, or loses access when its old certificate expires. Without a serving certificate, logs, exec and metrics of its node fail.',
    whatToDo:
      'Make sure that the request comes from one of your nodes, and approve it; then find out why the approver of the cluster did not.',
  },
  *look({ view, now }) {
    for (const request of view.all('CertificateSigningRequest')) {
      const isKubelet = [...CLIENT, ...SERVING].includes(text(request.spec.signerName));
      if (isKubelet && isOpen(request) && now - created(request) >= USUAL_WAIT_MS) yield waiting(view, request);
    }
  },
};

function waiting(view: ClusterView, request: ViewObject): FindingDraft {
  const signer = text(request.spec.signerName);
  const isClient = CLIENT.includes(signer);
  const isApproved = condition(request, 'Approved') !== undefined;
  const name = nodeOf(request.spec);
  const node = view.get('Node', undefined, name);
  const isNodeReady = node !== undefined && condition(node, 'Ready')?.status === 'True';
  const what = isClient ? 'client certificate' : 'serving certificate';
  return {
    // A ready node still has its old certificate.
    severity: isClient && !isNodeReady ? 'high' : 'warn',
    object: request,
    summary: `the ${what} that the kubelet of node ${name} requests is ${isApproved ? 'approved but not signed' : 'pending: nobody has approved the request (CSR)'}`,
    since: { at: created(request), exact: true },
    evidence: [
      `spec.signerName: ${signer}`,
      `spec.username: ${text(request.spec.username)}`,
      `status.conditions: ${isApproved ? 'Approved' : 'none'}`,
    ],
    cause: isApproved
      ? 'The signer in kube-controller-manager does not sign it: it is not running, or does not have the key of the CA.'
      : 'No approver of the cluster has approved the CertificateSigningRequest.',
    fixes: [
      {
        text: 'Check which node sent the request, then approve it.',
        command: command(view, ['kubectl', 'certificate', 'approve', request.metadata.name]),
      },
      { text: 'Read the request.', command: command(view, ['kubectl', 'describe', ...named(refOf(request))]) },
    ],
    because: isApproved ? [causeOf(MANAGER_LEASE)] : [],
  };
}

/** Whether the request is neither denied nor signed yet. */
const isOpen = (request: ViewObject): boolean =>
  text(request.status.certificate) === '' && ['Denied', 'Failed'].every(type => condition(request, type) === undefined);

/** The node of the requested certificate. A joining kubelet makes the request as a bootstrap user, so that only the request itself names the node. */
function nodeOf({ username, request }: ViewObject['spec']): string {
  const requester = text(username);
  if (requester.startsWith(USER)) return requester.slice(USER.length);
  const body = text(request) === '' ? '' : Buffer.from(text(request), 'base64').toString('latin1');
  const inside = Buffer.from(body.replace(/-----[^-]+-----/g, ''), 'base64').toString('latin1');
  const at = inside.indexOf(USER);
  // In DER the byte before a short text holds its length.
  const name = inside.slice(at + USER.length, at + inside.charCodeAt(at - 1));
  return at > 0 && name !== '' ? name : `(not named; requested by ${requester})`;
}
