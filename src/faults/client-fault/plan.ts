import { objectIn } from '../../injection/live.ts';
import { injectable, isRefusal, refuse } from '../../injection/plan/refuse.ts';
import { victimPlan } from '../../injection/plan/victim-plan.ts';
import { inReach } from '../../injection/reach/pod-in-reach.ts';
import { podsRead, podsUsing } from '../../injection/reach/pods-using.ts';
import { fingerprint, maydayFacts, writeEnvelope } from '../../injection/record/envelope.ts';
import { type GoValue, goJson } from '../../injection/record/go-json.ts';
import { CREATED, createdLabels, EXPIRES, ROLLBACK_DATA } from '../../injection/record/markers.ts';
import type { Write } from '../../injection/write/write.ts';
import { mapAt, mapOperations } from '../../k8s/json-patch.ts';
import type { KubeObject, ObjectRef } from '../../k8s/object.ts';
import { nameOf, refOf } from '../../k8s/object-ref.ts';
import { isFinished } from '../../k8s/pod.ts';
import { usesKey } from '../../k8s/pod-references.ts';
import type { Facts, Live, Permission, Plan, Read, Refusal, Scope } from '../contract.ts';
import { CONFIG_KEY, isActive } from './restore.ts';

export interface ClientFaultParams {
  /** JSON: operation → { errorRate, error }. */
  faults: string;
  configMapName: string;
}

interface OperationFault {
  errorRate?: number;
  error?: string;
  delay?: string;
  maxDelay?: string;
}

export const TARGET = 'target';

const targetRef = ({ configMapName }: ClientFaultParams, { namespace }: Scope): ObjectRef => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  namespace,
  name: configMapName,
});

/** What must be fetched before anything is decided. */
export function reads(params: ClientFaultParams, scope: Scope, _live: Live): Read[] {
  return [{ key: TARGET, get: targetRef(params, scope) }, podsRead(scope.namespace)];
}

/** Plans the writes, or refuses. */
export function plan(params: ClientFaultParams, scope: Scope, live: Live, facts: Facts): Plan | Refusal {
  const seen = objectIn(live, TARGET);
  const users = podsUsing(live, `the pods of ${scope.namespace} that may use it`, pod => uses(pod, params));
  if (isRefusal(users)) return users;
  const config = configOf(params.faults);
  if (typeof config !== 'string') return config;
  const shared = { params, scope, facts, config, users };
  if (seen.state === 'absent') return creation(shared);
  const target = injectable(seen, targetRef(params, scope));
  if (isRefusal(target)) return target;
  return change(target, shared);
}

export const uses = (pod: KubeObject, { configMapName }: ClientFaultParams) =>
  !isFinished(pod) && usesKey(pod, { kind: 'ConfigMap', name: configMapName, key: CONFIG_KEY });

/** The text to write for the SDK; a refusal if the SDK could not read these faults. */
export function configOf(text: string): string | Refusal {
  const faults = operationsIn(text);
  if (faults === undefined)
    return refuse('invalid', 'expected faults as a JSON object such as {"get":{"errorRate":0.5,"error":"boom"}}');
  const delayed = Object.keys(faults).filter(name => faults[name]?.delay || faults[name]?.maxDelay);
  if (delayed.length > 0) {
    return refuse(
      'unsupported',
      `delays (of ${delayed.join(', ')}) make the operator's SDK refuse the whole configuration, so that no fault would take effect: leave delay and maxDelay out`,
    );
  }
  const written = Object.keys(faults)
    .sort()
    .map(name => [name, { errorRate: faults[name]?.errorRate ?? 0, error: faults[name]?.error ?? '' }] as const);
  return goJson({ active: true, faults: Object.fromEntries(written) as GoValue }, 'as-given');
}

function operationsIn(text: string): Record<string, OperationFault | undefined> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    const isMap = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isMap && Object.keys(value).length > 0 ? (value as Record<string, OperationFault>) : undefined;
  } catch {
    return undefined;
  }
}

interface Shared {
  params: ClientFaultParams;
  scope: Scope;
  facts: Facts;
  config: string;
  users: readonly KubeObject[];
}

/** The ConfigMap does not exist: it is created, and its record says so. */
function creation({ params, scope, facts, config, users }: Shared): Plan {
  const on = targetRef(params, scope);
  const mayday = maydayFacts(facts, { injected: fingerprint(config) });
  const expires = facts.expires === undefined ? {} : { [EXPIRES]: wholeSeconds(facts.expires) };
  const body: KubeObject = {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: {
      name: on.name,
      namespace: scope.namespace,
      labels: createdLabels('ClientFault'),
      annotations: { [ROLLBACK_DATA]: writeEnvelope({ [CREATED]: 'true' }, mayday), ...expires },
    },
    data: { [CONFIG_KEY]: config },
  };
  const write: Write = {
    verb: 'create',
    on,
    body,
    precondition: { absent: true },
    says: `create ${nameOf(on)} with the faults`,
  };
  return {
    is: 'plan',
    type: 'ClientFault',
    id: facts.id,
    scope,
    writes: [write],
    undo: { where: `${nameOf(on)} itself, which is deleted`, reversible: true },
    pods: users.map(inReach),
    permissions: permissions(params, scope),
    warnings: warnings(users),
    target: on,
  };
}

const wholeSeconds = (at: number) => new Date(at).toISOString().replace(/\.\d+Z$/, 'Z');

/** The ConfigMap is there: its data is kept whole, and only the one key is set. */
function change(target: KubeObject, { scope, facts, config, users }: Shared): Plan | Refusal {
  const data = mapAt(target, ['data']) ?? {};
  const name = nameOf(refOf(target));
  if (target.immutable === true)
    return refuse('forbidden-target', `${name} is immutable: the API server would refuse the change`);
  if (mapAt(target, ['binaryData'])?.[CONFIG_KEY] !== undefined)
    return refuse('forbidden-target', `${name} holds ${CONFIG_KEY} as binary data, which an undo record cannot carry`);
  if (Object.hasOwn(data, CREATED))
    return refuse(
      'invalid',
      `${name} holds a key ${CREATED}: its undo record would look as if the injection had created the ConfigMap`,
    );
  if (isActive(data[CONFIG_KEY]))
    return refuse('already-injected', `${name} already holds active faults, without an undo record: remove them first`);
  return victimPlan({
    type: 'ClientFault',
    scope,
    facts,
    target,
    payload: data,
    injected: fingerprint(config),
    operations: mapOperations(target, ['data'], { set: { [CONFIG_KEY]: config } }),
    says: `set the faults in ${name}`,
    pods: users,
    warnings: warnings(users),
    permissions: [{ verb: 'list', group: '', kind: 'Pod', namespace: scope.namespace, for: 'inject' }],
  });
}

function permissions({ configMapName: name }: ClientFaultParams, { namespace }: Scope): Permission[] {
  const on = { group: '', kind: 'ConfigMap', namespace };
  return [
    { verb: 'get', ...on, name, for: 'inject' },
    { verb: 'list', group: '', kind: 'Pod', namespace, for: 'inject' },
    { verb: 'create', ...on, for: 'inject' },
    { verb: 'get', ...on, name, for: 'revert' },
    { verb: 'delete', ...on, name, for: 'revert' },
  ];
}

const warnings = (users: readonly KubeObject[]): string[] => [
  'only an operator built with the chaos SDK reads this ConfigMap; any other operator is not affected',
  ...(users.length === 0 ? ['no pod mounts it; mayday cannot see a pod that reads it through the API'] : []),
];
