import type { ClusterView } from '../../../health/view/cluster-view.ts';
import { counted } from '../../../text/counted.ts';
import { blamedBy } from '../../facts/blamed.ts';
import { condition, quoted } from '../../facts/fields.ts';
import { nearest } from '../../facts/near-miss.ts';
import type { Refusal } from '../../facts/refusal.ts';
import { causeOf } from '../../finding/cause.ts';
import { command, named } from '../../finding/shell.ts';
import type { Rule } from '../../rule.ts';
import { edit } from '../pods/fixes.ts';
import { type Explanation, type Refused, refusals } from './refusals.ts';
import { explainPolicyDenial, explainWebhookDenial } from './refused-by-admission.ts';

/** A workload whose pods the API server refuses to create. */
export const podsRefused: Rule = {
  id: 'workload/pods-refused',
  gate: 'G9',
  needs: ['ReplicaSet', 'StatefulSet', 'DaemonSet', 'Job'],
  wants: [
    'Deployment',
    'CronJob',
    'Event',
    'ServiceAccount',
    'PriorityClass',
    'RuntimeClass',
    'ResourceQuota',
    'LimitRange',
    'ValidatingWebhookConfiguration',
    'MutatingWebhookConfiguration',
  ],
  about: {
    looksAt:
      'The condition ReplicaFailure of ReplicaSets and the events FailedCreate of all controllers that have too few pods, and what the message of the API server means: quota, limit range, pod security, webhook, policy, missing service account, priority class or runtime class.',
    why: 'A controller whose pods are refused keeps retrying; the workload lacks pods, and there is no pod whose status could show the reason.',
    whatToDo: 'Fix what the message says refuses the pods, or change the pod template so that it is accepted.',
  },
  *look(input) {
    for (const refused of refusals(input)) {
      const { top, creator, message, since, missingPods } = refused;
      const explanation = explain(input.view, refused);
      const failure = condition(creator, 'ReplicaFailure');
      yield {
        severity: 'high',
        object: top.object ?? top.ref,
        summary: `${counted(missingPods, 'pod')} cannot be created: ${explanation.summary}`,
        since,
        evidence: [
          failure?.status === 'True'
            ? `${creator.kind} ${creator.metadata.name}, ${quoted(failure)}`
            : `${creator.kind} ${creator.metadata.name}, event FailedCreate: "${message}"`,
        ],
        cause: explanation.cause,
        fixes: explanation.fixes,
        because: [
          causeOf(top.ref, 'chaos/'),
          ...explanation.because,
          { kind: 'Namespace', name: top.ref.namespace ?? '', rule: 'namespace/' },
        ],
      };
    }
  },
};

function explain(view: ClusterView, { top, message, refusal }: Refused): Explanation {
  const namespace = top.ref.namespace ?? '';
  const absent = missingClassIn(message);
  if (absent) return explainMissing(view, { top, ...absent });
  switch (refusal?.is) {
    case 'service account missing':
      return explainMissing(view, { top, kind: 'ServiceAccount', name: refusal.name });
    case 'quota exceeded':
    case 'quota needs values':
      return explainQuota(view, top, refusal);
    case 'limit range':
      return {
        summary: `the limit range of the namespace refuses them (${refusal.message})`,
        cause: `A LimitRange in ${namespace} does not allow the requests or limits of the pod template: ${refusal.message}`,
        fixes: [
          edit(view, top, `Set requests and limits that the LimitRange allows: ${refusal.message}.`),
          {
            text: 'Or change the LimitRange.',
            command: command(view, ['kubectl', 'get', 'limitrange', '-n', namespace, '-o', 'yaml']),
          },
        ],
        because: view
          .inNamespace('LimitRange', namespace)
          .map(one => causeOf({ ...one.metadata, kind: 'LimitRange' }, 'quota/limit-range')),
      };
    case 'pod security':
      return {
        summary: `they violate the pod security level ${refusal.level} of the namespace`,
        cause: `Namespace ${namespace} enforces PodSecurity "${refusal.level}": ${refusal.message}`,
        fixes: [
          edit(view, top, `Set the securityContext that the level requires: ${refusal.message}`),
          {
            text: `Or lower the level of the namespace, if these pods need those privileges: label pod-security.kubernetes.io/enforce.`,
            command: command(view, [
              'kubectl',
              'label',
              'namespace',
              namespace,
              '--overwrite',
              'pod-security.kubernetes.io/enforce=baseline',
            ]),
            safe: false,
          },
        ],
        because: [{ kind: 'Namespace', name: namespace }],
      };
    case 'webhook unavailable':
    case 'webhook denied':
      return explainWebhookDenial(view, top, refusal);
    case 'policy denied':
      return explainPolicyDenial(view, top, refusal);
    case 'condition failed':
      return {
        summary: `a match condition of an admission webhook results in an error: ${refusal.error}`,
        cause: `The API server cannot evaluate ${refusal.expression} for these pods, and refuses them.`,
        fixes: [
          edit(
            view,
            top,
            'Add the field that the expression reads to the pods, or correct the expression of the webhook.',
          ),
        ],
        because: blamedBy(view, refusal, namespace),
      };
    default:
      return {
        summary: message || 'the API server does not say why',
        cause: message,
        fixes: [edit(view, top, 'Change the pod template as the message of the API server says.')],
        because: [],
      };
  }
}

/** The missing class that a message names. */
function missingClassIn(message: string): { kind: 'PriorityClass' | 'RuntimeClass'; name: string } | undefined {
  const priority = /no PriorityClass with name (\S+) was found/.exec(message)?.[1];
  if (priority) return { kind: 'PriorityClass', name: priority };
  const runtime =
    /RuntimeClass "([^"]+)" not found|runtimeclass(?:\.node\.k8s\.io|es\.node\.k8s\.io)? "([^"]+)" not found/i.exec(
      message,
    );
  return runtime ? { kind: 'RuntimeClass', name: runtime[1] ?? runtime[2] ?? '' } : undefined;
}

const NOUN = {
  ServiceAccount: 'service account',
  PriorityClass: 'priority class',
  RuntimeClass: 'runtime class',
} as const;

function explainMissing(
  view: ClusterView,
  { top, kind, name }: { top: Refused['top']; kind: keyof typeof NOUN; name: string },
): Explanation {
  const namespace = top.ref.namespace ?? '';
  const existing = kind === 'ServiceAccount' ? view.inNamespace(kind, namespace) : [...view.all(kind)];
  const near = nearest(
    name,
    existing.map(one => one.metadata.name),
  );
  const field = {
    ServiceAccount: 'serviceAccountName',
    PriorityClass: 'priorityClassName',
    RuntimeClass: 'runtimeClassName',
  }[kind];
  return {
    summary: `${NOUN[kind]} ${name} not found${near ? `; ${near} exists` : ''}`,
    cause: `The pod template names ${NOUN[kind]} ${name} in ${field}, which does not exist.${near ? ` The most similar existing name is ${near}.` : ''}`,
    fixes: [
      near !== undefined ? edit(view, top, `Correct ${field}: ${near} exists, ${name} does not.`) : undefined,
      kind === 'ServiceAccount'
        ? {
            text: `Create service account ${name}, and give it the roles that it needs.`,
            command: command(view, ['kubectl', 'create', 'serviceaccount', name, '-n', namespace]),
          }
        : near === undefined
          ? edit(view, top, `Correct or remove ${field}, or create ${kind} ${name}.`)
          : undefined,
    ],
    because: [{ kind, name, ...(kind === 'ServiceAccount' && { namespace }) }],
  };
}

function explainQuota(
  view: ClusterView,
  top: Refused['top'],
  refusal: Extract<Refusal, { is: 'quota exceeded' | 'quota needs values' }>,
): Explanation {
  const namespace = top.ref.namespace ?? '';
  const { quota } = refusal;
  const because = [
    { kind: 'ResourceQuota', namespace, name: quota, rule: 'quota/' },
    causeOf(top.ref, 'quota/too-small'),
  ];
  if (refusal.is === 'quota needs values')
    return {
      summary: `resource quota ${quota} requires values that the pod template does not set (${refusal.missing})`,
      cause: `ResourceQuota ${quota} counts ${refusal.missing}, so each pod must set it; no LimitRange sets a default.`,
      fixes: [edit(view, top, `Set ${refusal.missing} in the pod template, or add a LimitRange with defaults.`)],
      because,
    };
  const lines = refusal.lines
    .map(line => `${line.resource}: ${line.requested} requested, ${line.used} of ${line.limited} used`)
    .join('; ');
  return {
    summary: `resource quota ${quota} is exceeded${lines && ` (${lines})`}`,
    cause: `ResourceQuota ${quota} has no room for the pod: ${lines || 'its status is not calculated yet'}.`,
    fixes: [
      {
        text: 'Raise the quota, or remove what uses it up.',
        command: command(view, [
          'kubectl',
          'describe',
          ...named({ apiVersion: 'v1', kind: 'ResourceQuota', namespace, name: quota }),
        ]),
      },
    ],
    because,
  };
}
