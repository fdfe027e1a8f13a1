import type { ClusterView } from '../../../health/view/cluster-view.ts';
import { blamedBy } from '../../facts/blamed.ts';
import { gitPathOf } from '../../facts/claims.ts';
import { quotedRefusal } from '../../facts/refusals.ts';
import type { FindingDraft } from '../../finding/build.ts';
import type { Cause } from '../../finding/finding.ts';
import { command } from '../../finding/shell.ts';
import type { Rule, RuleInput } from '../../rule.ts';
import { type AppState, type ManagedObject, managedObjectText, missingOf, stateOf } from './application-state.ts';
import { engineCauses } from './engine.ts';
import { missesOf, readsOf, wantedKeys } from './labels.ts';
import { adviceFor, argoAdvice, type RefusalAdvice } from './refusal-advice.ts';

const WANTS = [
  'Deployment',
  'StatefulSet',
  'DaemonSet',
  'Service',
  'ConfigMap',
  'Ingress',
  'Job',
  'Namespace',
  'CustomResourceDefinition',
  'ResourceQuota',
  'LimitRange',
  'ValidatingWebhookConfiguration',
  'MutatingWebhookConfiguration',
  'ClusterPolicy',
  'Policy',
  'NetworkPolicy',
  'RoleBinding',
  'ClusterRoleBinding',
  'APIService',
  'PersistentVolumeClaim',
] as const;
/** How long an automated sync may take before it is reported. */
const LONG_MS = 15 * 60_000;

/** An application that cannot be compared, whose sync is refused, or whose objects are not healthy. */
export const gitopsApplication: Rule = {
  id: 'gitops/application',
  gate: 'G6',
  needs: ['Application'],
  wants: WANTS,
  about: {
    looksAt:
      'The sync and health of each Argo CD application, its last operation resource by resource, its error conditions, and whether the objects that it reports as Synced exist.',
    why: 'An application shows in one place what the API server refused, what cannot be fetched from Git, and which objects are not healthy. One refused object fails the whole sync: the others wait for it.',
    whatToDo:
      'Fix the problem that the message of the API server names. Change manifests in Git, since changes made by hand are overwritten. Then hard refresh and sync.',
  },
  *asks({ view }) {
    for (const app of view.all('Application')) yield* readsOf(stateOf(app));
  },
  *look(looking) {
    const states = [...looking.view.all('Application')].map(stateOf);
    for (const state of states) {
      const verdict = verdictOf(looking, state, states);
      if (verdict !== undefined) yield report(looking, state, verdict);
    }
  },
};

interface Verdict extends Partial<RefusalAdvice> {
  summary: string;
  severity: FindingDraft['severity'];
  because: readonly Cause[];
  cause?: string;
}

const verdictOf = (looking: RuleInput, state: AppState, all: readonly AppState[]): Verdict | undefined =>
  refusedSync(looking, state) ??
  unknownSync(looking.view, state, all) ??
  failedSync(state) ??
  missingObjects(looking.view, state) ??
  unhealthyObjects(state) ??
  sharedObject(state) ??
  outOfSync(state, looking.now);

function refusedSync(looking: RuleInput, state: AppState): Verdict | undefined {
  const { view } = looking;
  // A server that Argo CD cannot reach prevents the comparison; it does not reject an object.
  const [first] = state.refusals.filter(({ refusal }) => refusal.is !== 'unreachable');
  if (first === undefined) return undefined;
  const advice = adviceFor(first.refusal);
  const misses = missesOf(looking, state);
  const keys = wantedKeys(state);
  const home = homeOf(state);
  const near = misses
    .map(
      ({ object, wanted, carried, value }) =>
        `${object} has label ${carried}=${value}, but the policy requires ${wanted}`,
    )
    .join('; ');
  return {
    severity: 'high',
    summary: `sync fails: ${advice.why}${keys.length > 0 ? ` (label ${keys.join(', ')} missing${misses[0] === undefined ? '' : `; near miss ${misses[0].carried}`})` : ''}`,
    why: advice.why,
    cause: `${advice.why}. ${near !== '' ? `${near}. ` : ''}One rejected object makes the whole sync fail; the other objects are not applied.`,
    fix:
      misses[0] === undefined
        ? advice.fix
        : `In Git${pathText(state)} rename label ${misses[0].carried} to ${misses[0].wanted} (value ${misses[0].value}).`,
    because: [
      ...state.refusals.flatMap(({ refusal }) => blamedBy(view, refusal, home)),
      ...(home === undefined ? [] : [{ kind: 'Namespace', name: home }]),
      // A problem of Argo CD itself may also cause a `forbidden`.
      ...(first.refusal.is === 'forbidden' ? engineCauses(view) : []),
    ],
  };
}

const homeOf = ({ app, resources }: AppState): string | undefined => {
  const { namespace } = (app.spec.destination ?? {}) as { namespace?: string };
  return namespace ?? resources.find(one => one.namespace !== '')?.namespace;
};

function unknownSync(view: ClusterView, state: AppState, all: readonly AppState[]): Verdict | undefined {
  const comparison = state.errors.find(
    ({ type }) => type === 'ComparisonError' || type === 'UnknownError' || type === 'InvalidSpecError',
  );
  if (state.sync !== 'Unknown' && comparison === undefined) return undefined;
  const words = comparison?.message ?? '';
  const advice = argoAdvice(words);
  const spread = spreadOf(state, all);
  return {
    severity: 'high',
    summary: `sync status ${state.sync || 'Unknown'}: ${advice?.why ?? `the application cannot be compared (${words.slice(0, 160) || 'no reason given'})`}`,
    cause: `${advice?.why ?? 'Argo CD could not compare Git with the cluster'}. ${spread}`,
    fix: advice?.fix ?? 'Fix the repo-server, redis or the connection that the message reports, then hard refresh.',
    because: [
      ...state.refusals.flatMap(({ refusal }) => blamedBy(view, refusal, homeOf(state))),
      ...engineCauses(view),
    ],
  };
}

/** Says how many applications are Unknown and what they have in common, which shows where to look. */
function spreadOf(state: AppState, all: readonly AppState[]): string {
  const lost = all.filter(({ sync }) => sync === 'Unknown');
  if (lost.length < 2) return 'Only this application is Unknown: look at its source and its manifests.';
  if (lost.length === all.length)
    return `All ${all.length} applications are Unknown: look at the repo-server, redis and the application controller.`;
  const repo = ({ app }: AppState) => gitPathOf(app).split(' in ')[1];
  const server = ({ app }: AppState) =>
    JSON.stringify((app.spec.destination as { server?: string; name?: string } | undefined)?.server ?? '');
  if (lost.every(one => repo(one) === repo(state)) && all.some(one => repo(one) !== repo(state)))
    return `All ${lost.length} applications that are Unknown come from one repository: look at its credentials and the network connection to it.`;
  if (lost.every(one => server(one) === server(state)) && all.some(one => server(one) !== server(state)))
    return `All ${lost.length} applications that are Unknown are deployed to one cluster: look at its credentials and its API server.`;
  return `${lost.length} of ${all.length} applications are Unknown.`;
}

function failedSync({ failure, errors, resources }: AppState): Verdict | undefined {
  const words = failure || errors[0]?.message;
  if (words === undefined || words === '') return undefined;
  const advice = argoAdvice(words);
  return {
    severity: 'high',
    summary: `${failure === '' ? errors[0]?.type : 'the last sync failed'}: ${advice?.why ?? words.slice(0, 200)}`,
    ...(advice && { cause: `${advice.why}.`, fix: advice.fix }),
    because: resources.filter(({ sync, health }) => sync === 'OutOfSync' || isUnhealthy(health)).map(managedCause),
  };
}

const isUnhealthy = (health: string): boolean => health === 'Degraded' || health === 'Missing' || health === 'Unknown';
const managedCause = ({ kind, namespace, name }: ManagedObject): Cause => ({
  kind,
  name,
  ...(namespace !== '' && { namespace }),
});

function missingObjects(view: ClusterView, state: AppState): Verdict | undefined {
  const gone = missingOf(view, state);
  if (gone.length === 0) return undefined;
  const synced = state.sync === 'Synced';
  const names = gone
    .slice(0, 4)
    .map(({ kind, name }) => `${kind} ${name}`)
    .join(', ');
  return {
    severity: synced || state.health === 'Missing' || state.automated ? 'high' : 'warn',
    summary: synced ? `Synced, but missing from the cluster: ${names}` : `missing from the cluster: ${names}`,
    cause: synced
      ? 'Argo CD reports that it applied the objects, but they do not exist. They were deleted, or their creation is refused.'
      : 'The objects are in Git but not in the cluster.',
    fix: 'Sync again and find out what refuses or deletes the objects.',
    because: [
      ...gone.map(managedCause),
      ...gone.map(one => ({ kind: 'CustomResourceDefinition', name: `${one.kind.toLowerCase()}s.${one.group}` })),
      ...state.resources.filter(({ health }) => isUnhealthy(health)).map(managedCause),
    ],
  };
}

function unhealthyObjects(state: AppState): Verdict | undefined {
  if (!isUnhealthy(state.health)) return undefined;
  const unhealthy = state.resources.filter(({ health }) => isUnhealthy(health));
  const names = unhealthy
    .slice(0, 4)
    .map(({ kind, name, health }) => `${kind} ${name} is ${health}`)
    .join(', ');
  return {
    severity: 'high',
    summary: `health ${state.health}${names === '' ? '' : `: ${names}`}`,
    cause: 'An application is only as healthy as the least healthy of its objects.',
    fix: 'Fix the object that is not healthy.',
    because: (unhealthy.length > 0 ? unhealthy : state.resources).map(managedCause),
  };
}

function sharedObject({ shared: words }: AppState): Verdict | undefined {
  const [first] = words;
  if (first === undefined) return undefined;
  return {
    severity: 'warn',
    summary: `an object is part of two applications, or of this one twice: ${first}`,
    cause: `The two sources define the object differently, and each sync undoes the other: ${first}.`,
    fix: 'Remove the object from one of the two in Git.',
    because: [],
  };
}

function outOfSync(state: AppState, now: number): Verdict | undefined {
  const old = state.since !== undefined && now - state.since > LONG_MS;
  const differing = state.resources.filter(({ sync }) => sync === 'OutOfSync');
  if (state.sync === 'OutOfSync' && state.automated && (old || state.since === undefined))
    return {
      severity: 'warn',
      summary: `OutOfSync despite automated sync: ${
        differing
          .slice(0, 4)
          .map(({ kind, name }) => `${kind} ${name}`)
          .join(', ') || 'no object is named'
      }`,
      cause: 'Something changes the objects after each sync, or the sync is blocked.',
      fix: 'See what differs, and which manager writes the field (kubectl get --show-managed-fields).',
      because: differing.map(managedCause),
    };
  if (state.health !== 'Progressing' || !old) return undefined;
  const moving = state.resources.filter(({ health }) => health === 'Progressing' || health === '');
  return {
    severity: 'warn',
    summary: 'Progressing for a long time: its objects do not become healthy',
    fix: 'Fix the object that does not progress.',
    because: moving.map(managedCause),
  };
}

const pathText = ({ app }: AppState): string => {
  const path = gitPathOf(app);
  return path === '' ? '' : ` (${path})`;
};

function report(
  { view }: RuleInput,
  state: AppState,
  { summary, severity, cause, fix, because }: Verdict,
): FindingDraft {
  const { app, refusals, errors, resources, failure } = state;
  const { name, namespace = 'argocd' } = app.metadata;
  return {
    severity,
    object: app,
    summary,
    since: state.since === undefined ? undefined : { at: state.since, exact: errors.length > 0 || failure !== '' },
    evidence: [
      `status.sync.status: ${state.sync}, status.health.status: ${state.health}, status.operationState.phase: ${state.phase || 'none'}`,
      ...refusals.slice(0, 2).map(quotedRefusal),
      ...(refusals.length === 0
        ? errors.slice(0, 2).map(({ type, message }) => `status.conditions[${type}]: "${message}"`)
        : []),
      failure !== '' && refusals.length === 0 && `status.operationState.message: "${failure}"`,
      ...resources
        .filter(one => one.sync === 'OutOfSync' || isUnhealthy(one.health))
        .slice(0, 6)
        .map(managedObjectText),
      pathText(state) !== '' && `spec.source:${pathText(state)}`,
    ],
    cause,
    fixes: [
      fix !== undefined && {
        text: `${fix}${fix.includes('Git') || pathText(state) === '' ? '' : ` Its manifests:${pathText(state)}.`}`,
      },
      {
        text: 'Then hard refresh the application; the controller removes the annotation when it is done.',
        command: command(view, [
          'kubectl',
          'annotate',
          'application.argoproj.io',
          name,
          '-n',
          namespace,
          'argocd.argoproj.io/refresh=hard',
          '--overwrite',
        ]),
      },
    ],
    because,
  };
}
