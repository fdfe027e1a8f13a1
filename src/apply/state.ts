import { fields, list, strings, text, time } from '../k8s/fields.ts';
import type { KubeObject } from '../k8s/object.ts';
import { CLEANUP, type ClusterExperiment, clusterExperiment } from '../revert/stop/cluster-experiment.ts';
import { counted } from '../text/counted.ts';
import { parseDuration } from '../text/duration.ts';
import { type Clean, sanitise } from '../text/sanitise.ts';

/** The framework's own default where a document gives no recoveryTimeout. */
const DEFAULT_RECOVERY_MS = 60_000;

const OVER = ['Complete', 'Aborted'];

/** The state of an applied ChaosExperiment at one moment. */
export interface AppliedState extends ClusterExperiment {
  uid: string;
  /** The phase as the controller wrote it; empty before the first. */
  writtenPhase: string;
  /** Something in the object shows that a controller has taken it. */
  isTaken: boolean;
  isBeingDeleted: boolean;
  /** Its controller has finished with it, even where somebody deleted it since. */
  isOver: boolean;
  message?: Clean;
  /** When the controller stops observing, unless a TTL ends first. Milliseconds since the epoch. */
  observesUntil?: number;
  /** The controller's message that the fault is in the cluster. */
  injected?: Clean;
  /** The steady state that the controller found before the injection. */
  before?: { passed: boolean; says: Clean };
  /** The reasons of the verdict, in the controller's words. */
  reasons: Clean[];
}

/** Reads the state of a ChaosExperiment. Texts of the controller are sanitised. */
export function appliedState(object: KubeObject): AppliedState {
  const experiment = clusterExperiment(object);
  const status = fields(object.status);
  const spec = fields(object.spec);
  const evaluation = fields(status.evaluationResult);
  const { injectedAt } = experiment;
  const recoveryMs = parseDuration(text(fields(spec.hypothesis).recoveryTimeout)) || DEFAULT_RECOVERY_MS;
  const message = text(status.message);
  const before = checkText(status.steadyStatePre);
  const faultInjected = list(status.conditions).find(
    ({ type, status: is }) => type === 'FaultInjected' && is === 'True',
  );
  const { finalizers = [], deletionTimestamp, uid = '' } = object.metadata;
  return {
    ...experiment,
    uid,
    writtenPhase: text(status.phase),
    isTaken: Object.keys(status).length > 0 || finalizers.includes(CLEANUP),
    isBeingDeleted: deletionTimestamp !== undefined,
    isOver: experiment.state === 'over' || OVER.includes(text(status.phase)),
    reasons: reasonsOf(evaluation, message, checkText(status.steadyStatePost)),
    ...(message === '' ? {} : { message: sanitise(message, 400) }),
    ...(injectedAt === undefined ? {} : { observesUntil: injectedAt + recoveryMs }),
    ...(before === undefined ? {} : { before }),
    ...(faultInjected === undefined
      ? {}
      : { injected: sanitise(text(faultInjected.message) || text(faultInjected.reason) || 'yes', 300) }),
  };
}

/** When the controller should revert: at its TTL or at the end of observing, whichever comes first. */
export function revertsAt({
  ttlEnd,
  observesUntil,
}: Pick<AppliedState, 'ttlEnd' | 'observesUntil'>): number | undefined {
  const ends = [ttlEnd, observesUntil].filter(end => end !== undefined);
  return ends.length === 0 ? undefined : Math.min(...ends);
}

/** A CheckResult of the framework as text; undefined where there is none yet. */
function checkText(result: unknown): AppliedState['before'] {
  const { passed, details } = fields(result);
  if (typeof passed !== 'boolean') return undefined;
  const all = list(details);
  const failed = all
    .filter(one => one.passed === false)
    .map(({ check, value, error }) => {
      const { kind, name, conditionType } = fields(check);
      const about = [text(kind), text(name), text(conditionType)].filter(word => word !== '').join(' ');
      return `${about}: ${text(error) || text(value) || 'not so'}`;
    });
  const checks = counted(all.length, 'check');
  return { passed, says: sanitise(passed ? checks : failed.join('; ') || checks, 400) };
}

function reasonsOf(evaluation: ReturnType<typeof fields>, message: string, after: AppliedState['before']): Clean[] {
  const { confidence, deviations } = evaluation;
  const reasons = [
    text(confidence),
    ...strings(deviations),
    ...(after === undefined || after.passed ? [] : [`not steady afterwards: ${after.says}`]),
    message,
  ].filter(one => one !== '');
  return [...new Set(reasons)].slice(0, 10).map(one => sanitise(one, 300));
}

/** An Event about an object as text; `key` identifies it. */
export function eventText(event: KubeObject): { key: string; says: Clean; at: number } {
  const at = time(event.lastTimestamp) ?? time(event.eventTime) ?? time(event.metadata.creationTimestamp) ?? 0;
  const reason = text(event.reason);
  const message = text(event.message);
  return { key: `${reason} ${message}`, says: sanitise(`${reason}: ${message}`, 300), at };
}
