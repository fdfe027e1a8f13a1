import type { KubeObject } from '../../../src/k8s/object.ts';
import type { Failure, Outcome } from '../../../src/kube/client/outcome.ts';
import type { Clean } from '../../../src/text/sanitise.ts';
import type { Finding } from '../../../src/triage/finding.ts';
import type { Answers, NamedRead } from '../../../src/triage/named-read.ts';
import { findingsOf, type Rule, type RuleInput } from '../../../src/triage/rule.ts';
import { type Literal, type ViewOptions, viewOf } from '../../support/view.ts';

/** Server time of the tests. */
export const NOW = Date.parse('2026-11-28T12:00:00Z');
/** So many minutes before `NOW`, as the API server writes times. */
export const ago = (minutes: number): string => new Date(NOW - minutes * 60_000).toISOString().replace('.000', '');

export interface Told extends ViewOptions {
  /** Lines of logs by `namespace/pod/container`. */
  logs?: Record<string, string[]>;
  /** Objects that named reads find, besides those of the view; what is not here is not found. */
  readable?: Literal[];
  /** Kinds whose reads are forbidden. */
  forbidden?: string[];
}

const failure = (reason: Failure['reason'], message: string): Failure => ({
  ok: false,
  reason,
  status: reason === 'not-found' ? 404 : 403,
  message: message as Clean,
});
const answer = <T>(value: T): Outcome<T> => ({ ok: true, value, status: 200 });

function answersOf({ logs = {}, readable = [], forbidden = [] }: Told, asked: readonly NamedRead[]): Answers {
  const wasAsked = (of: NamedRead['is'], match: (read: never) => boolean) =>
    asked.some(read => read.is === of && match(read as never));
  return {
    log(read) {
      if (!wasAsked('log', (one: typeof read) => one.pod === read.pod && one.container === read.container))
        return undefined;
      const lines = logs[`${read.namespace}/${read.pod}/${read.container}`];
      return lines ? answer(lines as Clean[]) : failure('not-found', 'previous terminated container not found');
    },
    object(ref) {
      if (!wasAsked('object', (one: { ref: typeof ref }) => one.ref.kind === ref.kind && one.ref.name === ref.name))
        return undefined;
      if (forbidden.includes(ref.kind)) return failure('forbidden', `${ref.kind} is forbidden`);
      const found = readable.find(one => one.kind === ref.kind && one.metadata.name === ref.name);
      return found
        ? answer({ apiVersion: 'v1', ...found } as unknown as KubeObject)
        : failure('not-found', 'not found');
    },
    instances(read) {
      if (!wasAsked('instances', (one: typeof read) => one.kind === read.kind)) return undefined;
      if (forbidden.includes(read.kind)) return failure('forbidden', `${read.kind} is forbidden`);
      return answer(
        readable
          .filter(one => one.kind === read.kind)
          .map(one => ({ apiVersion: 'v1', ...one }) as unknown as KubeObject),
      );
    },
    certificates: () => undefined,
    marks: () => undefined,
    path: () => undefined,
  };
}

/** What a rule finds in a cluster of these objects, with its reads answered from `told`. */
export function look(rule: Rule, objects: readonly Literal[], told: Told = {}): Finding[] {
  const view = viewOf(objects, { now: NOW, ...told });
  const asked = [...(rule.asks?.({ view, now: NOW }) ?? [])];
  const looking: RuleInput = { view, now: NOW, answers: answersOf(told, asked) };
  return [...findingsOf(rule, looking)];
}

/** The texts of a finding in one string, for what must not be in any of them. */
export const wordsOf = (found: Finding): string => JSON.stringify(found);

/** A warning as the API server keeps it. */
export const warning = (
  kind: string,
  namespace: string,
  name: string,
  reason: string,
  message: string,
  minutes = 10,
): Literal => ({
  apiVersion: 'v1',
  kind: 'Event',
  metadata: { name: `${name}.${reason}.${message.length}`, namespace, creationTimestamp: ago(minutes) },
  type: 'Warning',
  reason,
  message,
  count: 7,
  firstTimestamp: ago(minutes),
  lastTimestamp: ago(0.5),
  involvedObject: { kind, namespace, name },
});

interface PodTold {
  /** Fields over the pod's spec. */
  spec?: Record<string, unknown>;
  /** Fields over each container status, by container. */
  containers?: Record<string, Record<string, unknown>>;
  init?: Record<string, Record<string, unknown>>;
  status?: Record<string, unknown>;
  /** Whether it is ready; for how many minutes. */
  ready?: boolean;
  minutes?: number;
  labels?: Record<string, string>;
  metadata?: Record<string, unknown>;
}

const named = (value: unknown): { name: string; image: string }[] => (value ?? []) as never;

/** A pod of a ReplicaSet as a kubelet reports it; ready and an hour old unless told otherwise. */
export function pod(name: string, told: PodTold = {}): Literal {
  const { ready = told.containers === undefined && told.init === undefined, minutes = 60 } = told;
  const spec = {
    nodeName: 'node-1',
    restartPolicy: 'Always',
    containers: [{ name: 'web', image: 'ghcr.io/shop/web:1' }],
    ...told.spec,
  };
  const status = (one: { name: string; image: string }, more: Record<string, unknown> | undefined) => ({
    name: one.name,
    image: one.image,
    restartCount: 0,
    ready: more === undefined,
    started: true,
    state: { running: { startedAt: ago(minutes) } },
    ...more,
  });
  return {
    kind: 'Pod',
    metadata: {
      name,
      namespace: 'shop',
      creationTimestamp: ago(minutes),
      labels: { app: 'web', ...told.labels },
      ...told.metadata,
    },
    spec,
    status: {
      phase: 'Running',
      conditions: [
        { type: 'Ready', status: ready ? 'True' : 'False', lastTransitionTime: ago(minutes) },
        { type: 'PodScheduled', status: 'True', lastTransitionTime: ago(minutes) },
      ],
      containerStatuses: named(spec.containers).map(one => status(one, told.containers?.[one.name])),
      initContainerStatuses: named((spec as Record<string, unknown>).initContainers).map(one =>
        status(one, told.init?.[one.name]),
      ),
      ...told.status,
    },
  };
}

/** A Deployment `web` of namespace `shop` with its ReplicaSet, which owns the given pods. */
export function deployment(pods: readonly Literal[], more: Record<string, unknown> = {}, name = 'web'): Literal[] {
  const owner = { kind: 'ReplicaSet', name: `${name}-5d9`, controller: true };
  return [
    {
      kind: 'Deployment',
      metadata: { name, namespace: 'shop', generation: 3, creationTimestamp: ago(600) },
      spec: { replicas: pods.length, selector: { matchLabels: { app: name } }, ...more },
      status: {},
    },
    {
      kind: 'ReplicaSet',
      metadata: {
        name: `${name}-5d9`,
        namespace: 'shop',
        creationTimestamp: ago(60),
        annotations: { 'deployment.kubernetes.io/revision': '2' },
        ownerReferences: [{ kind: 'Deployment', name, controller: true }],
      },
      spec: { replicas: pods.length, template: more.template },
      status: { replicas: pods.length },
    },
    ...pods.map(one => ({ ...one, metadata: { ...one.metadata, ownerReferences: [owner] } })),
  ];
}
