import type { LoadedExperiment } from '../experiment/types.ts';
import type { Facts, Permission, Plan } from '../faults/contract.ts';
import { faultOf } from '../faults/registry.ts';
import { isRefusal } from '../injection/plan/refuse.ts';
import { groupOf } from '../k8s/object-ref.ts';
import type { Dependant } from '../knowledge/dependants.ts';
import type { Api } from '../kube/client/api.ts';
import type { Discovery } from '../kube/discovery/discovery.ts';
import { changeSources } from '../run/observe/change-sources.ts';
import { combined } from '../run/observe/evidence.ts';
import { takeSample } from '../run/observe/sample.ts';
import { type FreezeWindow, freezeGates } from '../safety/freeze.ts';
import type { GateResult } from '../safety/gate.ts';
import { LATCH } from '../safety/latch.ts';
import { lockRef } from '../safety/lock.ts';
import { askGates } from '../safety/preflight.ts';
import { readAndPlan, scopeOf } from '../safety/read-and-plan.ts';
import { reachOf } from '../suite/order.ts';
import type { Need } from './need.ts';
import { type RecordedRequest, recordRequests } from './recorded-requests.ts';
import { rehearse } from './rehearse.ts';

/** The result of checking one experiment before it is submitted: the permissions that its pod needs, or why it is refused. */
export interface Surveyed {
  loaded: LoadedExperiment;
  plan?: Plan;
  needs: Need[];
  /** Whether its undo record must be signed so that a reaper trusts it. */
  wantsSignature: boolean;
  /** Gates that refuse it; empty when it may be submitted. */
  refused: GateResult[];
  /** Warnings, a line each. */
  warnings: string[];
}

export interface SurveyDeps {
  api: Api;
  /** The namespace of the Leases for locks; undefined where no lock is taken. */
  lockNamespace: string | undefined;
  /** Whether runs write Kubernetes Events. */
  events: boolean;
  facts(id: string, random: () => number): Facts;
  lock?(loaded: LoadedExperiment): Promise<GateResult>;
  /** What needs the target, and is watched for harm. */
  dependants: readonly Dependant[];
  /** Periods in which nothing is injected. */
  freeze: readonly FreezeWindow[];
}

/**
 * Reads, plans and asks every gate as a run would, and checks the steady state once. The rights of its pod follow from what was read, what the plan
 * writes, and what a run watches. Writes nothing.
 */
export async function survey(deps: SurveyDeps, loaded: LoadedExperiment, signal?: AbortSignal): Promise<Surveyed> {
  const { spec } = loaded.experiment;
  const fault = faultOf(spec.injection.type);
  const params = fault.parse(spec.injection.parameters);
  const scope = scopeOf(loaded);
  const { api, asked } = recordRequests(deps.api);
  const discovered = await deps.api.discovery();
  if (!discovered.ok)
    return {
      ...NOTHING,
      loaded,
      refused: [{ gate: 'discovery', ok: false, reason: discovered.message, code: 'unreachable' }],
    };
  const facts = deps.facts('survey-a', () => 0);
  const { live, plan } = await readAndPlan(api, fault, { params, scope, facts: () => facts }, signal);
  const locked = deps.lock === undefined ? [] : [await deps.lock(loaded)];
  if (isRefusal(plan)) {
    const code = plan.code === 'blind' ? { code: 'blind' as const } : {};
    return { ...NOTHING, loaded, refused: [{ gate: 'plan', ok: false, reason: plan.message, ...code }] };
  }
  const { gates, permissions } = await askGates(deps.api, loaded, plan, signal);
  const all = [...gates, ...locked, ...freezeGates(deps.freeze, deps.api.serverTime().now)];
  const subject = {
    checks: spec.steadyState.checks,
    namespace: scope.namespace,
    discovery: discovered.value,
    fault,
    params,
    scope,
  };
  const sample = await takeSample(api, subject, plan, live, { afterRevert: false, ...(signal ? { signal } : {}) });
  const rehearsal = await rehearse(deps.api, { fault, params, plan }, signal);
  const sources = changeSources({ subject, checked: sample.checked, before: live, plan });
  const secondPlan = fault.plan(
    params,
    scope,
    live,
    deps.facts('survey-b', () => 0.999),
  );
  const needs = [
    ...asked,
    ...rehearsal.asked,
    ...planNeeds(plan, isRefusal(secondPlan) ? plan : secondPlan, permissions),
    ...watchNeeds(sources),
    ...everyRun(deps, reachOf(loaded).namespaces, plan, loaded),
    ...dependantNeeds(deps.dependants),
  ];
  const steady = combined([...sample.checks, ...sample.evidence]);
  return {
    loaded,
    plan,
    needs: needs.flatMap(need => needOf(need, discovered.value)),
    wantsSignature: rehearsal.wantsSignature,
    refused: all.filter(gate => !gate.ok),
    warnings: [...warningsOf(loaded, plan), ...rehearsal.refused, ...(steady === 'pass' ? [] : [NOT_STEADY])],
  };
}

type Permissions = Awaited<ReturnType<typeof askGates>>['permissions'];

/** The permissions of the plan that can be granted. A name is left out where another run of the experiment would use another one. */
function planNeeds(plan: Plan, secondPlan: Plan, permissions: Permissions): RunNeed[] {
  const held = new Set(
    permissions.filter(one => one.allowed === true || one.optional === undefined).map(permissionKey),
  );
  return plan.permissions
    .filter(one => held.has(permissionKey(one)))
    .map(({ for: purpose, optional: _optional, name, ...rest }) => ({
      ...rest,
      ...(name === undefined || !isStable({ ...rest, name, for: purpose }, secondPlan) ? {} : { name }),
    }));
}

/** The permissions to watch what a run watches. */
const watchNeeds = (sources: ReturnType<typeof changeSources>): RunNeed[] =>
  sources.flatMap(({ collection: { apiVersion, kind, namespace }, name }) =>
    ['list', 'watch'].map(verb => ({
      verb,
      group: groupOf(apiVersion),
      kind,
      ...(namespace === undefined ? {} : { namespace }),
      ...(name === undefined ? {} : { name }),
    })),
  );

/** The permissions to read the Deployments that depend on the target. */
const dependantNeeds = (dependants: readonly Dependant[]): RunNeed[] =>
  dependants.flatMap(({ deployments }) =>
    deployments.map(({ kind, namespace, name }) => ({
      verb: 'get',
      group: 'apps',
      kind,
      name,
      ...(namespace === undefined ? {} : { namespace }),
    })),
  );

/** A permission with the kind of the object, since its resource name is not known yet. */
type RunNeed = RecordedRequest & { subresource?: string };

const NOTHING = { needs: [], wantsSignature: false, warnings: [] };
const NOT_STEADY = 'its steady state does not hold at this moment; the pod checks again before it injects';

/** Requests of every run in addition to its plan: the latch, the lock, Deployments near the target, Events. */
function everyRun(
  { lockNamespace, events }: SurveyDeps,
  namespaces: readonly string[],
  plan: Plan,
  { experiment }: LoadedExperiment,
): RunNeed[] {
  const lock =
    lockNamespace === undefined
      ? undefined
      : lockRef({ operator: experiment.spec.target.operator, namespace: lockNamespace });
  const leases = { group: 'coordination.k8s.io', kind: 'Lease' };
  return [
    { verb: 'get', group: '', ...LATCH },
    ...(lock === undefined
      ? []
      : [
          { verb: 'create', ...leases, namespace: lock.namespace ?? '' },
          ...['get', 'patch', 'delete'].map(verb => ({
            verb,
            ...leases,
            namespace: lock.namespace ?? '',
            name: lock.name,
          })),
        ]),
    ...namespaces.flatMap(namespace => [
      { verb: 'list', group: 'apps', kind: 'Deployment', namespace },
      { verb: 'list', group: '', kind: 'Event', namespace },
    ]),
    ...(events ? [{ verb: 'create', group: '', kind: 'Event', namespace: plan.target.namespace ?? 'default' }] : []),
  ];
}

const permissionKey = ({ verb, group, kind, subresource, namespace, name }: Permission): string =>
  JSON.stringify([verb, group, kind, subresource, namespace, name]);

/** Whether another run of the same experiment would use the same name; otherwise no right can be granted for that name. */
const isStable = (permission: Permission, secondPlan: Plan): boolean =>
  permission.kind !== 'Pod' &&
  secondPlan.permissions.some(other => permissionKey(other) === permissionKey({ ...permission }));

/** A permission in the form of a rule; undefined for a kind that the cluster does not serve. */
function needOf({ kind, group, verb, subresource, namespace, name }: RunNeed, discovery: Discovery): Need[] {
  const found =
    discovery.resources.find(item => item.group === group && item.kind === kind) ??
    REVIEWS.find(item => item.kind === kind);
  if (found === undefined) return [];
  return [
    {
      verb,
      group,
      resource: found.resource,
      ...(subresource === undefined ? {} : { subresource }),
      // The namespace of an owner is taken from the object that it owns; a cluster-scoped owner has none.
      ...(namespace === undefined || namespace === '' || !found.namespaced ? {} : { namespace }),
      ...(name === undefined || kind === 'Pod' ? {} : { name }),
    },
  ];
}

/** Kinds that can only be created, never listed. */
const REVIEWS = [
  { kind: 'SubjectAccessReview', resource: 'subjectaccessreviews', namespaced: false },
  { kind: 'LocalSubjectAccessReview', resource: 'localsubjectaccessreviews', namespaced: true },
];

function warningsOf({ experiment }: LoadedExperiment, plan: Plan): string[] {
  const { ttlMs } = experiment.spec.injection;
  const leaves = plan.undo.reversible && plan.writes.some(write => write.verb !== 'delete');
  return [
    ...plan.warnings,
    ...(leaves && !ttlMs
      ? ['it has no TTL: where its pod dies at once, nobody but a person reverts it; give injection.ttl']
      : []),
  ];
}
