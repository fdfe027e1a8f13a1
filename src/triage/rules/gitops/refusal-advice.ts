import type { Refusal } from '../../facts/refusal.ts';
import { unreachableText } from '../../facts/unreachable.ts';

/** Why a sync was rejected, and what to do about it. */
export interface RefusalAdvice {
  why: string;
  fix: string;
}

/** The advice for each type of refusal. */
const ADVICE: { readonly [Is in Refusal['is']]: (refusal: Extract<Refusal, { is: Is }>) => RefusalAdvice } = {
  'webhook unavailable': refusal => ({
    why: `admission webhook ${refusal.webhook} cannot be called: ${unreachableText[refusal.how]}`,
    fix: 'Fix the webhook, then sync again. The manifests are not the cause.',
  }),
  'conversion failed': refusal => ({
    why: `the conversion webhook of ${refusal.kind} fails: ${unreachableText[refusal.how]}`,
    fix: 'Fix the conversion webhook of the CRD, then sync again.',
  }),
  'webhook denied': refusal => {
    const hits = refusal.hits.map(({ policy, rule }) => `${policy}${rule ? `/${rule}` : ''}`).slice(0, 3);
    return hits.length > 0
      ? {
          why: `policy ${hits.join(', ')} denied the request`,
          fix: `Make the manifest satisfy the policy: ${refusal.hits[0]?.message ?? refusal.message}`,
        }
      : {
          why: `admission webhook ${refusal.webhook} denied the request: ${refusal.message}`,
          fix: 'Change the manifest as the message of the webhook says.',
        };
  },
  'policy denied': deniedByPolicy,
  'condition failed': refusal => ({
    why: `a matchCondition of an admission webhook fails (${refusal.expression}): ${refusal.error}`,
    fix: 'Correct the expression of the webhook, then sync again. The manifests are not the cause.',
  }),
  'quota exceeded': refusal => ({
    why: `exceeded quota ${refusal.quota}${refusal.lines.map(one => `, ${one.resource} ${one.used} of ${one.limited} used`).join('')}`,
    fix: 'Raise the hard limit of the quota, or request less.',
  }),
  'quota needs values': refusal => ({
    why: `quota ${refusal.quota} requires values that are not set: must specify ${refusal.missing}`,
    fix: 'Set requests and limits in the manifest, or a LimitRange with defaults.',
  }),
  'limit range': refusal => ({
    why: `a LimitRange rejects the object: ${refusal.message}`,
    fix: 'Set requests and limits within the LimitRange.',
  }),
  'pod security': refusal => ({
    why: `the object violates PodSecurity ${refusal.level}: ${refusal.message}`,
    fix: 'Set the securityContext that the level requires, or lower the level of the namespace.',
  }),
  'service account missing': refusal => ({
    why: `ServiceAccount ${refusal.namespace}/${refusal.name} is not found`,
    fix: 'Add the service account to the manifests.',
  }),
  'namespace terminating': refusal => ({
    why: `namespace ${refusal.namespace} is Terminating`,
    fix: 'Wait until the namespace has been deleted, then sync again.',
  }),
  'immutable field': refusal => ({
    why: `field ${refusal.field || 'of the object'} is immutable: the change in Git cannot be applied in place`,
    fix: 'Delete the object and sync again (it is recreated), sync with Replace=true and Force=true, or give the changed object a new name in Git.',
  }),
  'no such kind': refusal => ({
    why: `no matches for kind ${refusal.kind ?? '(not named)'}${refusal.group ? ` in ${refusal.group}${refusal.version ? `/${refusal.version}` : ''}` : ''}: the CRD is missing or the version is not served`,
    fix: 'Install the CRD (or move the manifest to a served version), then hard refresh.',
  }),
  forbidden: refusal => ({
    why: `RBAC forbidden: ${refusal.user} cannot ${refusal.verb} ${refusal.resource}${refusal.namespace ? ` in ${refusal.namespace}` : ''}`,
    fix: 'Grant the verb to the service account of the application controller, or restore its binding.',
  }),
  'not found': refusal => ({
    why: `${refusal.resource} ${refusal.name} not found`,
    fix:
      refusal.resource === 'namespaces'
        ? 'Create the namespace, or sync with CreateNamespace=true.'
        : 'Add the missing object.',
  }),
  'too long': refusal => ({
    why: `${refusal.field} is too long for a client-side apply`,
    fix: 'Sync with ServerSideApply=true.',
  }),
  'unknown field': refusal => ({
    why: `unknown field ${refusal.field}: the manifest does not match the schema`,
    fix: 'Correct the field in Git, or install the version of the CRD that has it.',
  }),
  invalid: refusal => ({
    why: `${refusal.kind} ${refusal.name} is invalid: ${refusal.message}`,
    fix: 'Correct the field in Git.',
  }),
  unreachable: refusal => ({
    why: `a server that it needs does not answer (${refusal.how})`,
    fix: 'Fix the server that does not answer, then hard refresh.',
  }),
};

/** What a refusal means for the application whose object was refused. */
export const adviceFor = (refusal: Refusal): RefusalAdvice =>
  (ADVICE[refusal.is] as (refusal: Refusal) => RefusalAdvice)(refusal);

function deniedByPolicy(refusal: Extract<Refusal, { is: 'policy denied' }>): RefusalAdvice {
  const policy = `${refusal.validating ? 'ValidatingAdmissionPolicy' : 'MutatingAdmissionPolicy'} ${refusal.policy}`;
  if (refusal.paramsMissing)
    return {
      why: `${policy} denied the request: its params are not found`,
      fix: 'Restore the params object that the binding names.',
    };
  return {
    why: `${policy} denied the request: ${refusal.message}`,
    fix:
      refusal.failed === undefined
        ? 'Make the manifest satisfy the policy, or correct the policy.'
        : 'Correct the expression of the policy: its evaluation fails with an error.',
  };
}

/** Messages of Argo CD itself, about sources, projects and clusters. */
const ARGO_MESSAGES: readonly [RegExp, RefusalAdvice][] = [
  [
    /authentication required|invalid username or password|could not read Username|permission denied \(publickey\)|ssh: handshake failed/i,
    {
      why: 'the Git server rejects the credentials of the repository',
      fix: 'Renew the credentials in the repository Secret of Argo CD.',
    },
  ],
  [
    /failed to get cluster info|failed to load live state|error synchronizing cache state/i,
    {
      why: 'Argo CD cannot reach the cluster to which the application is deployed',
      fix: 'Make the API server of the destination cluster reachable from Argo CD, or renew the credentials in its cluster Secret.',
    },
  ],
  [
    /blocked by sync window/i,
    {
      why: 'a sync window of its AppProject currently denies syncs',
      fix: 'Wait until the window ends, or change spec.syncWindows of the AppProject (manualSync allows manual syncs).',
    },
  ],
  [
    /repository not found|not granted/i,
    { why: 'the Git repository is not found', fix: 'Correct repoURL, or the access to the repository.' },
  ],
  [
    /unable to resolve '?([^' ]+)'? to a commit|couldn't find remote ref|unknown revision/i,
    { why: 'targetRevision does not exist in the repository', fix: 'Correct targetRevision.' },
  ],
  [
    /app path does not exist|no such file or directory/i,
    { why: 'the path does not exist in the repository', fix: 'Correct the path of the source.' },
  ],
  [
    /do not match any of the allowed destinations|is not permitted in project|not permitted in project|does not exist in project/i,
    { why: 'its AppProject does not permit it', fix: 'Permit the source, destination or kind in the AppProject.' },
  ],
  [
    /application references project .* which does not exist|app is not allowed in project/i,
    { why: 'its AppProject does not exist', fix: 'Create the AppProject, or use one that exists.' },
  ],
  [
    /cluster .*(not found|has not been configured)|there are no clusters with this name|error getting cluster/i,
    {
      why: 'its destination cluster is not known to Argo CD',
      fix: 'Restore the cluster Secret, or correct the destination.',
    },
  ],
  [
    /kustomize build|helm template|failed to (generate manifest|execute)|error converting YAML|Manifest generation error/i,
    {
      why: 'the manifests cannot be generated',
      fix: 'Build them locally (kustomize build, helm template) and correct the error in Git.',
    },
  ],
  [
    /synchronization tasks are not valid/i,
    {
      why: 'one or more of its objects are not valid',
      fix: 'Find the object in status.operationState.syncResult, and correct it in Git.',
    },
  ],
];

/** The advice for a message of Argo CD itself; undefined when the message is not known. */
export const argoAdvice = (message: string): RefusalAdvice | undefined =>
  ARGO_MESSAGES.find(([words]) => words.test(message))?.[1];
