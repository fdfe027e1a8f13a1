import type { ClusterView, ViewObject } from '../../../health/view/cluster-view.ts';
import type { ViewKind } from '../../../health/view/kinds.ts';
import { text } from '../../../k8s/fields.ts';
import { blamedBy } from '../../facts/blamed.ts';
import { undoneBy } from '../../facts/claims.ts';
import { refusalIn } from '../../facts/error-text.ts';
import { type Condition, condition, conditions, quoted } from '../../facts/fields.ts';
import { lastingConditions } from '../../facts/lasting.ts';
import { refOf } from '../../finding/build.ts';
import { causeOf } from '../../finding/cause.ts';
import type { Cause } from '../../finding/finding.ts';
import { command, named } from '../../finding/shell.ts';
import type { Rule } from '../../rule.ts';

/** Kinds of operators whose objects have a condition that says whether they are ready. */
const KINDS = [
  'InferenceService',
  'Revision',
  'ScaledObject',
  'Rollout',
  'Kafka',
  'DataScienceCluster',
  'DSCInitialization',
] as const satisfies readonly ViewKind[];
const WORKLOADS = ['Deployment', 'StatefulSet', 'DaemonSet'] as const;
/** How long pulling images and loading models may take, milliseconds. */
const USUAL_WAIT_MS = 5 * 60_000;
/** Reasons of objects that are intentionally not ready. */
const ON_PURPOSE = /^(Stopped|Paused|ScaledObjectPaused|NoTraffic|Retired|Suspended)/;

/** What to do about well-known reasons. */
const REMEDIES: readonly [RegExp, string][] = [
  [
    /NoSupportingRuntime|RuntimeNotRecognized/,
    'Install or enable a ServingRuntime that supports the model format, or correct modelFormat and runtime in spec.predictor.model.',
  ],
  [/RuntimeDisabled/, 'Enable the ServingRuntime (spec.disabled: false), or use another.'],
  [
    /ModelLoadFailed|StorageInitializ/,
    'Correct storageUri and the credentials of the storage, or the model files themselves.',
  ],
  [/ContainerMissing|ImagePull/, 'Correct the image: the registry does not have it, or refuses access to it.'],
  [/ScaledObjectCheckFailed|TriggerError/, 'Correct the triggers and their TriggerAuthentication, or scaleTargetRef.'],
];

/** An object of an operator that has not been ready for a while. */
export const operatedNotReady: Rule = {
  id: 'operators/not-ready',
  gate: 'G9',
  needs: KINDS,
  wants: [
    ...WORKLOADS,
    'ReplicaSet',
    'Pod',
    'Namespace',
    'ValidatingWebhookConfiguration',
    'MutatingWebhookConfiguration',
    'ResourceQuota',
    'LimitRange',
    'CustomResourceDefinition',
  ],
  about: {
    looksAt:
      'The conditions of InferenceServices, Knative Revisions, ScaledObjects, Rollouts, Kafka clusters and DataScienceClusters whose condition Ready has been False for over five minutes (a Rollout: whose phase is Degraded).',
    why: 'The operator of such an object reports in its conditions why the object does not work, often with the message of one of its components.',
    whatToDo: 'Fix what the conditions name. Findings on the components of the object explain this one.',
  },
  *look(looking) {
    const { view } = looking;
    for (const { object, found: fault, since } of lastingConditions(looking, KINDS, faultOf, USUAL_WAIT_MS)) {
      const remedy = REMEDIES.find(([words]) => words.test(`${fault.reason} ${fault.message}`))?.[1];
      yield {
        severity: 'high',
        object,
        summary: `not ready: ${
          [fault.reason, fault.message]
            .filter(one => one !== '')
            .join(': ')
            .slice(0, 240) || 'no reason given'
        }`,
        since,
        evidence: conditions(object)
          .filter(one => one.status === 'False' || one === fault)
          .map(quoted),
        cause: fault.message || fault.reason,
        fixes: [
          {
            text: `${remedy ?? 'Fix what its conditions report.'}${undoneBy(view, object)}`,
            command: command(view, ['kubectl', 'describe', ...named(refOf(object))]),
          },
        ],
        because: causes(view, object, fault),
      };
    }
  },
};

/** The most specific condition that explains why it is not ready; undefined when it is ready, or intentionally not ready. */
function faultOf(object: ViewObject): Condition | undefined {
  if (object.kind === 'Rollout') {
    const message = text(object.status.message);
    const progressing = condition(object, 'InvalidSpec') ?? condition(object, 'Progressing');
    return text(object.status.phase) === 'Degraded' && object.spec.paused !== true
      ? {
          type: 'phase',
          status: 'Degraded',
          reason: progressing?.reason ?? 'Degraded',
          message,
          since: progressing?.since,
        }
      : undefined;
  }
  const ready = condition(object, 'Ready') ?? inverted(condition(object, 'NotReady'));
  const isOff =
    object.metadata.annotations['serving.kserve.io/stop'] === 'true' || condition(object, 'Paused')?.status === 'True';
  if (ready?.status !== 'False' || isOff || ON_PURPOSE.test(ready.reason)) return undefined;
  // Ready only summarises other conditions, which have the message.
  const parts = conditions(object).filter(one => one.type !== 'Ready' && one.status === 'False' && one.message !== '');
  const part = parts.find(one => one.reason === ready.reason) ?? parts[0];
  return ready.message === '' && part ? { ...part, since: ready.since } : ready;
}

const inverted = (one: Condition | undefined): Condition | undefined =>
  one && { ...one, status: one.status === 'True' ? 'False' : 'True' };

/** Possible causes: the components of the object, by owner and by name, and what a refusal in its message points to. */
function causes(view: ClusterView, object: ViewObject, fault: Condition): Cause[] {
  const { namespace, name, uid } = object.metadata;
  const refusal = refusalIn(fault.message);
  const parts = WORKLOADS.flatMap(kind =>
    (namespace === undefined ? [...view.all(kind)] : view.inNamespace(kind, namespace)).filter(
      ({ metadata }) =>
        metadata.ownerReferences.some(owner => owner.uid === uid) ||
        (namespace !== undefined && metadata.name.startsWith(`${name}-`)),
    ),
  );
  const own = view.ownedBy(uid).flatMap(one => [one, ...view.ownedBy(one.metadata.uid)]);
  const missing = [
    ...fault.message.matchAll(/\b([A-Z][A-Za-z]+) "?([a-z0-9][a-z0-9.-]*)"? (?:is )?not (?:found|ready)/g),
  ];
  return [
    causeOf(refOf(object), 'chaos/'),
    ...[...new Set([...parts, ...own])].map(one => causeOf(refOf(one))),
    ...(refusal === undefined ? [] : blamedBy(view, refusal, namespace)),
    ...missing.map(([, kind = '', other = '']) =>
      causeOf({ kind, name: other, ...(namespace !== undefined && { namespace }) }),
    ),
  ];
}
