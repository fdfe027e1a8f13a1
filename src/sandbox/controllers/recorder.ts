import type { SandboxContext } from '../context.ts';
import { microTimestamp, type NewObject, timestamp } from '../object.ts';
import { StatusError } from '../status.ts';
import type { Note } from './kinds.ts';

/** The component that reports an Event. */
export interface EventReporter {
  component: string;
  host?: string;
  manager: string;
}

export const DEPLOYMENTS: EventReporter = { component: 'deployment-controller', manager: 'kube-controller-manager' };
export const REPLICASETS: EventReporter = { component: 'replicaset-controller', manager: 'kube-controller-manager' };

export type Recorder = (by: EventReporter, note: Note) => void;

const EVENT_TTL_MS = 3_600_000;
const CLEANUP_EVERY_MS = 600_000;

/** Reports with the same key are counted in one Event. */
const aggregationKey = (by: EventReporter, n: Note) =>
  [by.component, by.host, n.about.metadata.uid, n.about.metadata.name, n.type, n.reason, n.message, n.fieldPath].join(
    '\n',
  );

function reference({ about, fieldPath }: Note): Record<string, string> {
  const { namespace, name, uid, resourceVersion } = about.metadata;
  return {
    kind: about.kind,
    ...(namespace && { namespace }),
    name,
    uid,
    apiVersion: about.apiVersion,
    ...(resourceVersion && { resourceVersion }),
    ...(fieldPath && { fieldPath }),
  };
}

/** The fields that events of both APIs have. */
const about = (note: Note, name: string) => ({
  apiVersion: 'v1',
  kind: 'Event',
  metadata: { name, namespace: note.about.metadata.namespace ?? 'default' },
  involvedObject: reference(note),
  reason: note.reason,
  message: note.message,
});

/** A core/v1 Event as controllers and kubelets write it: with a count, a first and a last time. */
function coreEvent(by: EventReporter, note: Note, name: string, now: number): NewObject {
  const time = timestamp(now);
  return {
    ...about(note, name),
    source: { component: by.component, ...(by.host && { host: by.host }) },
    firstTimestamp: time,
    lastTimestamp: time,
    count: 1,
    type: note.type,
    eventTime: null,
    reportingComponent: by.component,
    reportingInstance: by.host ?? '',
  };
}

/** An events.k8s.io/v1 Event as the scheduler writes it: one exact time, an action, no count. */
function schedulerEvent(note: Note, name: string, now: number): NewObject {
  return {
    ...about(note, name),
    source: {},
    firstTimestamp: null,
    lastTimestamp: null,
    type: note.type,
    eventTime: microTimestamp(now),
    action: note.reason === 'Scheduled' ? 'Binding' : 'Scheduling',
    reportingComponent: 'default-scheduler',
    reportingInstance: 'default-scheduler-sandbox',
  };
}

export const SCHEDULER: EventReporter = { component: 'default-scheduler', manager: 'kube-scheduler' };

/** Writes Events for components, and deletes those older than an hour. */
export function createRecorder({ store, clock, random }: Pick<SandboxContext, 'store' | 'clock' | 'random'>): Recorder {
  const known = new Map<string, { namespace: string; name: string }>();
  clock.setInterval(() => {
    const oldest = clock.now() - EVENT_TTL_MS;
    for (const event of store.list('events')) {
      const last = (event.lastTimestamp ?? event.eventTime ?? event.metadata.creationTimestamp) as string;
      if (Date.parse(last) < oldest) store.delete('events', event.metadata.namespace, event.metadata.name);
    }
    for (const [key, at] of known) if (!store.get('events', at.namespace, at.name)) known.delete(key);
  }, CLEANUP_EVERY_MS);

  const countAgain = (key: string, by: EventReporter, now: number): boolean => {
    const at = known.get(key);
    if (!at) return false;
    const counted = store.modify(
      'events',
      at.namespace,
      at.name,
      event => {
        event.count = ((event.count as number) ?? 1) + 1;
        event.lastTimestamp = timestamp(now);
      },
      { by: { manager: by.manager } },
    );
    return counted !== undefined;
  };

  return (by, note) => {
    const now = clock.now();
    const key = aggregationKey(by, note);
    if (by !== SCHEDULER && countAgain(key, by, now)) return;
    const nanos = BigInt(Math.floor(now)) * 1_000_000n + BigInt(Math.floor(random.next() * 1_000_000));
    const name = `${note.about.metadata.name}.${nanos.toString(16)}`;
    const event = by === SCHEDULER ? schedulerEvent(note, name, now) : coreEvent(by, note, name, now);
    const namespace = event.metadata.namespace ?? 'default';
    // A terminating namespace accepts no new events.
    if (store.get('namespaces', undefined, namespace)?.metadata.deletionTimestamp) return;
    try {
      store.create('events', event, { by: { manager: by.manager } });
      known.set(key, { namespace, name });
    } catch (error) {
      if (!(error instanceof StatusError)) throw error;
    }
  };
}
