import { PREFIX } from '../../injection/record/markers.ts';
import type { KubeObject, ObjectRef } from '../../k8s/object.ts';
import { nameOf, refOf } from '../../k8s/object-ref.ts';
import { age, parseDuration } from '../../text/duration.ts';
import { rfc3339 } from '../../text/rfc3339.ts';
import { type Clean, sanitise } from '../../text/sanitise.ts';

/** The finalizer by which the framework's controller holds an experiment until its fault is reverted. */
export const CLEANUP = `${PREFIX}cleanup`;

/**
 * `pending`: injects as soon as its controller handles it. `live`: its fault is in, or may be. `measuring`: the
 * controller has reverted the fault and is measuring the recovery. `stuck`: deleted, but kept by its finalizer until
 * its fault is reverted. `over`: complete or aborted.
 */
type ExperimentState = 'pending' | 'live' | 'measuring' | 'stuck' | 'over';

/** A ChaosExperiment in the cluster, which the framework's controller carries out. */
export interface ClusterExperiment {
  /** `ChaosExperiment:shop/checkout-config`. */
  id: string;
  object: ObjectRef;
  /** The injection's type as written. */
  type: Clean;
  phase: Clean;
  state: ExperimentState;
  verdict?: Clean;
  /** Milliseconds since the epoch. */
  injectedAt?: number;
  /** When the controller will revert by itself: `injectionStartedAt` + `ttl`; not set without a ttl. */
  ttlEnd?: number;
  /** The suite that it belongs to, from its label. */
  suite?: Clean;
  /** Why the controller's own revert failed, from its status. */
  cleanupError?: Clean;
  isHeld: boolean;
  /** When it was deleted. */
  deletedAt?: number;
  /** Where its fault may be found. */
  reach: { type: string; namespaces: readonly string[]; kind?: string; apiVersion?: string };
}

type Fields = Record<string, unknown>;
const fields = (value: unknown): Fields => (typeof value === 'object' && value !== null ? (value as Fields) : {});
const text = (value: unknown, limit = 200): Clean | undefined =>
  typeof value === 'string' && value !== '' ? sanitise(value, limit) : undefined;
const time = (value: unknown): number | undefined => {
  const at = typeof value === 'string' ? Date.parse(value) : Number.NaN;
  return Number.isNaN(at) ? undefined : at;
};

const OVER = ['Complete', 'Aborted'];
const BEFORE = ['', 'Pending', 'SteadyStatePre'];
const AFTER = ['SteadyStatePost', 'Evaluating'];

/** Reads a ChaosExperiment object. An unknown phase counts as live. */
export function clusterExperiment(object: KubeObject): ClusterExperiment {
  const status = fields(object.status);
  const spec = fields(object.spec);
  const injection = fields(spec.injection);
  const evaluation = fields(status.evaluationResult);
  const ref = refOf(object);
  const phase = typeof status.phase === 'string' ? status.phase : '';
  const isHeld = object.metadata.finalizers?.includes(CLEANUP) === true;
  const injectedAt = time(status.injectionStartedAt);
  const ttl = typeof injection.ttl === 'string' ? parseDuration(injection.ttl) : undefined;
  const verdict = text(status.verdict) ?? text(evaluation.verdict);
  const suite = text(object.metadata.labels?.[`${PREFIX}suite-name`]);
  const cleanupError = text(status.cleanupError);
  const leavingSince = time(object.metadata.deletionTimestamp);
  const isLeaving = object.metadata.deletionTimestamp !== undefined;
  return {
    id: sanitise(`ChaosExperiment:${ref.namespace ?? '-'}/${ref.name}`),
    object: ref,
    type: text(injection.type) ?? ('unknown' as Clean),
    phase: sanitise(phase === '' ? 'Pending' : phase, 60),
    state: isLeaving ? 'stuck' : stateOf(phase, injectedAt !== undefined),
    isHeld,
    reach: reachOf(spec, injection, ref.namespace),
    ...(leavingSince === undefined ? {} : { deletedAt: leavingSince }),
    ...(verdict === undefined ? {} : { verdict }),
    ...(injectedAt === undefined ? {} : { injectedAt }),
    ...(injectedAt === undefined || !ttl ? {} : { ttlEnd: injectedAt + ttl }),
    ...(suite === undefined ? {} : { suite }),
    ...(cleanupError === undefined ? {} : { cleanupError }),
  };
}

function stateOf(phase: string, hasBegun: boolean): ExperimentState {
  if (OVER.includes(phase)) return 'over';
  if (AFTER.includes(phase)) return 'measuring';
  return BEFORE.includes(phase) && !hasBegun ? 'pending' : 'live';
}

/** Every namespace that the fault may be in: those allowed, those of the checks, the experiment's own, and the one a parameter names. */
function reachOf(spec: Fields, injection: Fields, own: string | undefined): ClusterExperiment['reach'] {
  const parameters = fields(injection.parameters);
  const allowed = fields(spec.blastRadius).allowedNamespaces;
  const checks = fields(spec.steadyState).checks;
  const named = [
    ...(Array.isArray(allowed) ? allowed : []),
    ...(Array.isArray(checks) ? checks.map(check => fields(check).namespace) : []),
    parameters.namespace,
    own,
    // The framework keeps the backups of deleted namespaces in `default`.
    injection.type === 'NamespaceDeletion' ? 'default' : undefined,
  ].filter((name): name is string => typeof name === 'string' && name !== '');
  const { kind, apiVersion } = parameters;
  return {
    type: typeof injection.type === 'string' ? injection.type : '',
    namespaces: [...new Set(named)],
    ...(typeof kind === 'string' ? { kind } : {}),
    ...(typeof apiVersion === 'string' ? { apiVersion } : {}),
  };
}

/** Whether it must still be stopped. */
export const isUnstopped = ({ state }: ClusterExperiment): boolean =>
  state === 'pending' || state === 'live' || state === 'stuck';

/** One line of a scan. `now` is server time, milliseconds since the epoch. */
export function experimentLine(experiment: ClusterExperiment, now: number): string {
  const { object, type, phase, state, verdict, injectedAt, ttlEnd, suite, cleanupError } = experiment;
  const words = [
    STATE_TEXTS[state].padEnd(9),
    type.padEnd(21),
    nameOf(object),
    ` ${phase}`,
    ...(verdict === undefined ? [] : [` ${verdict}`]),
    ...(suite === undefined ? [] : [` suite ${suite}`]),
    ...(injectedAt === undefined || state === 'over' ? [] : [` injected ${age(now - injectedAt)} ago`]),
    ...(ttlEnd === undefined || state === 'over' ? [] : [` ${ttlText(ttlEnd, now)}`]),
    ...(state === 'pending' ? [' will inject'] : []),
    ...(state === 'stuck' ? [' deleted, held until its fault is reverted'] : []),
    ...(cleanupError === undefined ? [] : [` its own revert failed: ${cleanupError}`]),
  ];
  return sanitise(words.join(' '), 500);
}

const STATE_TEXTS: Record<ExperimentState, string> = {
  pending: 'PENDING',
  live: 'LIVE',
  measuring: 'MEASURING',
  stuck: 'STUCK',
  over: 'OVER',
};

const ttlText = (ttlEnd: number, now: number): string =>
  now > ttlEnd ? `OVERDUE ${age(now - ttlEnd)}` : `TTL ends in ${age(ttlEnd - now)}`;

/** One experiment as JSON. */
export function experimentJson(experiment: ClusterExperiment, now: number) {
  const { reach: _reach, isHeld, injectedAt, ttlEnd, deletedAt: leavingSince, ...rest } = experiment;
  return {
    ...rest,
    willInject: rest.state === 'pending',
    heldByFinalizer: isHeld,
    ...(leavingSince === undefined ? {} : { deletedAt: rfc3339(leavingSince) }),
    ...(injectedAt === undefined ? {} : { injectionStartedAt: rfc3339(injectedAt) }),
    ...(ttlEnd === undefined ? {} : { ttlEndsAt: rfc3339(ttlEnd) }),
    ...(ttlEnd !== undefined && now > ttlEnd && isUnstopped(experiment)
      ? { overdueSeconds: Math.floor((now - ttlEnd) / 1000) }
      : {}),
  };
}
