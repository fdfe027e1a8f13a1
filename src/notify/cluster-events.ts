import type { KubeObject, ObjectRef } from '../k8s/object.ts';
import type { Api } from '../kube/client/api.ts';
import type { RunEvent } from '../run/event.ts';
import { OUR_COMPONENT } from '../run/observe/detection.ts';
import { sanitise } from '../text/sanitise.ts';
import type { RunAbout } from './notice.ts';

/** One Event to be written; its reasons are those of the framework. */
interface EventText {
  reason: 'FaultInjected' | 'FaultReverted' | 'RevertFailed' | 'VerdictReached';
  type: 'Normal' | 'Warning';
  message: string;
}

/** The Kubernetes Event for an event of a run; undefined for most. */
function eventTextOf(event: RunEvent, about: RunAbout): EventText | undefined {
  const { name, type } = about.experiment;
  switch (event.event) {
    case 'injected':
      return { reason: 'FaultInjected', type: 'Normal', message: `${type} of ${name}, by ${about.user}@${about.host}` };
    case 'reverted':
      return event.remaining === 0
        ? {
            reason: 'FaultReverted',
            type: 'Normal',
            message: `${type} of ${name}: ${event.receipts.length === 0 ? 'there was nothing to revert' : 'read back'}`,
          }
        : {
            reason: 'RevertFailed',
            type: 'Warning',
            message: `${type} of ${name}: ${event.remaining} not proven restored`,
          };
    case 'verdict':
      return {
        reason: 'VerdictReached',
        type: event.verdict === 'Resilient' ? 'Normal' : 'Warning',
        message: `${name}: ${event.verdict}: ${event.reasons[0] ?? ''}`,
      };
    default:
      return undefined;
  }
}

/** Writes Events on the object that a run is about. */
export interface ClusterEvents {
  /** Returns at once. `note` is called once, with one line, when the server refuses. */
  onRunEvent(event: RunEvent, about: RunAbout, note: (text: string) => void): void;
  /** Waits for the writes under way, `limitMs` at most. */
  close(limitMs: number): Promise<void>;
}

const LONGEST = 1_000;
const ANSWER_MS = 5_000;

/** Events on one cluster. A failed write is a note and never an error, since the run's own record is complete. */
export function clusterEvents(api: Api, sleep: (ms: number, signal?: AbortSignal) => Promise<void>): ClusterEvents {
  const targets = new Map<string, ObjectRef>();
  const pending = new Set<Promise<void>>();
  let written = 0;
  let isRefused = false;

  async function write(
    eventText: EventText,
    on: ObjectRef,
    event: RunEvent,
    note: (text: string) => void,
  ): Promise<void> {
    written += 1;
    const made = await api.create(bodyOf(eventText, on, { at: event.at, name: `mayday.${event.run}.${written}` }), {
      timeoutMs: ANSWER_MS,
      fieldManager: OUR_COMPONENT,
    });
    if (made.ok || isRefused) return;
    isRefused = made.reason === 'forbidden';
    note(`no Event could be written on ${on.kind} ${on.name}: ${made.message}`);
  }

  return {
    onRunEvent(event, about, note) {
      if (event.event === 'injected' && event.target !== undefined) targets.set(event.run, event.target);
      const said = eventTextOf(event, about);
      const on = targets.get(event.run);
      if (said === undefined || on === undefined || isRefused) return;
      const writing: Promise<void> = write(said, on, event, note)
        .catch(() => undefined)
        .finally(() => pending.delete(writing));
      pending.add(writing);
      if (event.event === 'verdict') targets.delete(event.run);
    },
    async close(limitMs) {
      if (pending.size === 0) return;
      const done = new AbortController();
      await Promise.race([Promise.all(pending), sleep(limitMs, done.signal).catch(() => undefined)]);
      done.abort();
    },
  };
}

/** An Event of an object without a namespace lives in `default`, as those of the framework and of the cluster itself do. */
function bodyOf(
  { reason, type, message }: EventText,
  on: ObjectRef,
  { at, name }: { at: number; name: string },
): KubeObject {
  const time = new Date(at).toISOString().replace(/\.\d+Z$/, 'Z');
  const { apiVersion, kind, namespace, uid } = on;
  return {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { name, namespace: namespace ?? 'default' },
    involvedObject: {
      apiVersion,
      kind,
      name: on.name,
      ...(namespace === undefined ? {} : { namespace }),
      ...(uid === undefined ? {} : { uid }),
    },
    reason,
    message: sanitise(message, LONGEST),
    type,
    source: { component: OUR_COMPONENT },
    reportingComponent: OUR_COMPONENT,
    reportingInstance: OUR_COMPONENT,
    firstTimestamp: time,
    lastTimestamp: time,
    count: 1,
  };
}
