import type { KubeObject } from '../k8s/object.ts';
import { sanitise } from '../text/sanitise.ts';

/** The state of one pod of a submission. */
export interface PodState {
  name: string;
  index: number;
  phase: string;
  /** Why it does not run, or how it ended. */
  says: string;
  exitCode?: number;
  isEnded: boolean;
  /** Its node does not answer, so whether its process still runs is not known. */
  isLost?: true;
}

/** A condition of a pod or a Job. */
export interface Condition {
  type?: string;
  status?: string;
  reason?: string;
  message?: string;
}

const INDEX_OF_POD = 'batch.kubernetes.io/job-completion-index';

interface PodStatus {
  phase?: string;
  reason?: string;
  message?: string;
  conditions?: Condition[];
  containerStatuses?: Container[];
}

interface Container {
  ready?: boolean;
  state?: {
    running?: object;
    waiting?: { reason?: string; message?: string };
    terminated?: Terminated;
  };
}

interface Terminated {
  exitCode?: number;
  reason?: string;
}

/** The state of a pod of a submission; `isLost` where it may be out of date. `now` is server time, milliseconds since the epoch. */
export function podState({ metadata, status }: KubeObject, now: number): PodState {
  const { phase = 'Unknown', reason, message, conditions = [], containerStatuses = [] } = (status ?? {}) as PodStatus;
  const [container] = containerStatuses;
  const over = container?.state?.terminated;
  const isEnded = phase === 'Succeeded' || phase === 'Failed';
  const isOpen = over === undefined && !isEnded;
  const isLost = isOpen && (isCutOff(conditions, container) || isLate(metadata.deletionTimestamp, now));
  const says =
    endText(over) ??
    heldUpText(container, conditions) ??
    (isLost ? LOST : metadata.deletionTimestamp === undefined ? joinedText(reason, message) : STOPPING);
  return {
    name: sanitise(metadata.name, 100),
    index: Number(metadata.annotations?.[INDEX_OF_POD] ?? metadata.labels?.[INDEX_OF_POD] ?? 0),
    phase: sanitise(phase, 40),
    says: sanitise(says, 300),
    ...(over?.exitCode === undefined ? {} : { exitCode: over.exitCode }),
    isEnded,
    ...(isLost ? { isLost } : {}),
  };
}

const joinedText = (...parts: (string | undefined)[]): string =>
  parts.filter(part => part !== undefined && part !== '').join(': ');

const endText = (over: Terminated | undefined): string | undefined =>
  over && `ended with exit code ${over.exitCode ?? '?'}${over.reason === undefined ? '' : ` (${over.reason})`}`;

/** Why a pod does not run yet: its container waits, or no node takes it. */
function heldUpText(container: Container | undefined, conditions: readonly Condition[]): string | undefined {
  const waiting = container?.state?.waiting;
  if (waiting !== undefined && waiting.reason !== 'ContainerCreating')
    return joinedText(waiting.reason, waiting.message);
  const unplaced = conditions.find(({ type, status }) => type === 'PodScheduled' && status === 'False');
  return unplaced && joinedText(unplaced.reason, unplaced.message);
}

const STOPPING = 'is stopping: it reverts first';
const LOST =
  'its node does not answer: whether it still runs, and reverts, is not known; `mayday revert --all` reverts what it left';

/**
 * Whether the node controller has marked the pod as not ready although its kubelet last reported the container as ready. It does this when the node
 * does not answer. A pod of mayday has no readiness probe, so there is no other reason.
 */
const isCutOff = (conditions: readonly Condition[], container: Container | undefined): boolean =>
  conditions.some(({ type, status }) => type === 'Ready' && status === 'False') &&
  container?.ready === true &&
  container.state?.running !== undefined;

/** How late a pod may end: kubelets report with a delay, and clocks differ. */
const LATE_MS = 30_000;

/** Whether a deleted pod still exists long after it should have ended. `until` is its deletionTimestamp, which includes the grace period. */
const isLate = (until: string | undefined, now: number): boolean =>
  until !== undefined && now > Date.parse(until) + LATE_MS;
