import { FAULT_TYPES, type FaultType } from '../../../faults/types.ts';
import type { Marker } from '../../../health/marker.ts';
import type { ClusterView, ViewObject } from '../../../health/view/cluster-view.ts';
import { VIEW_KINDS, type ViewKind } from '../../../health/view/kinds.ts';
import { injectionId } from '../../../injection/found-injection.ts';
import { time } from '../../../k8s/fields.ts';
import { literal } from '../../../text/sanitise.ts';
import type { FindingDraft } from '../../finding/build.ts';
import { command } from '../../finding/shell.ts';
import type { Rule } from '../../rule.ts';
import { EFFECTS } from './faults.ts';
import { isStillInjected, victimOf } from './victim.ts';

const WORKLOADS: readonly ViewKind[] = ['Deployment', 'StatefulSet', 'DaemonSet'];
/**
 * The kinds that injections of each type mark, among those that the view follows. Types that are not listed can mark
 * any kind.
 */
const CARRIERS: { readonly [type in FaultType]?: readonly ViewKind[] } = {
  NetworkPartition: ['NetworkPolicy'],
  ConfigDrift: ['ConfigMap'],
  ClientFault: ['ConfigMap'],
  WebhookDisrupt: ['ValidatingWebhookConfiguration', 'MutatingWebhookConfiguration'],
  RBACRevoke: ['RoleBinding', 'ClusterRoleBinding'],
  QuotaExhaustion: ['ResourceQuota'],
  PDBBlock: ['PodDisruptionBudget'],
  WebhookLatency: ['ValidatingWebhookConfiguration', 'MutatingWebhookConfiguration'],
  NamespaceDeletion: ['ConfigMap', 'Namespace'],
  LeaderElectionDisrupt: ['ConfigMap', 'Lease'],
  DeploymentScaleZero: WORKLOADS,
  CrashLoopInject: WORKLOADS,
  ImageCorrupt: WORKLOADS,
};
const EVERY = (Object.keys(VIEW_KINDS) as ViewKind[]).filter(kind => kind !== 'Event');

/** Types whose injection creates the marked object: the injection began when the object was created. */
const CREATES: readonly string[] = [
  'NetworkPartition',
  'QuotaExhaustion',
  'PDBBlock',
  'WebhookLatency',
  'NamespaceDeletion',
  'LeaderElectionDisrupt',
];

const ruleOf = (type: FaultType | 'unknown'): Rule => {
  const kinds = (type !== 'unknown' && CARRIERS[type]) || EVERY;
  const { summary, effect } = EFFECTS[type];
  return {
    id: `chaos/${type}`,
    gate: 'G1',
    // Marks may be on any kind: a kind that cannot be read must not make the rule blind to the others.
    needs: kinds === EVERY ? [] : kinds,
    ...(kinds === EVERY && { wants: EVERY }),
    about: {
      looksAt: `The marks that an injection ${type === 'unknown' ? 'whose type cannot be read' : `of type ${type}`} leaves in labels and annotations (chaos.operatorchaos.io/…).`,
      why: `The marks say that ${summary}. ${effect}`,
      whatToDo:
        'Revert the injection before you fix anything else: `mayday revert ID` restores the original and verifies it.',
    },
    *asks() {
      yield { is: 'marks' };
    },
    *unseen({ answers }) {
      const marks = answers.marks();
      if (marks?.ok) yield* marks.value.unseen;
      else if (marks) yield { what: literal('marks on other kinds'), reason: marks.message };
    },
    *look({ view, now, answers }) {
      const marks = answers.marks();
      for (const object of marks?.ok ? marks.value.objects : [])
        if (object.marker?.type === type || isOtherType(type, object.marker))
          yield found(view, now, type, object, object.marker as Marker);
      for (const object of view.all(...kinds))
        if (object.marker?.type === type || isOtherType(type, object.marker))
          yield found(view, now, type, object, object.marker as Marker);
    },
  };
};

/** A label with an unknown type is reported by the rule for `unknown`. */
const isOtherType = (type: string, marker: Marker | undefined): boolean =>
  type === 'unknown' && marker !== undefined && !(FAULT_TYPES as readonly string[]).includes(marker.type);

function found(
  view: ClusterView,
  now: number,
  type: FaultType | 'unknown',
  carrier: ViewObject,
  marker: Marker,
): FindingDraft {
  const stillInjected = isStillInjected(view, carrier, type);
  const { summary, effect } = EFFECTS[type];
  const { at, expires, experiment, by, tool } = marker;
  const createdAt = CREATES.includes(type) ? time(carrier.metadata.creationTimestamp) : undefined;
  const since = at ?? createdAt;
  const overdue = expires !== undefined && expires < now;
  return {
    severity: stillInjected === false ? 'warn' : 'high',
    object: victimOf(marker),
    summary:
      stillInjected === false
        ? `only marks are left of a chaos injection (${type}): the object has its original value again`
        : summary,
    since: since === undefined ? undefined : { at: since, exact: true },
    evidence: [
      ...marksOf(carrier),
      `injected by ${tool}${by === undefined ? '' : ` for ${by}`}${experiment === undefined ? '' : `, experiment ${experiment}`}`,
      expires !== undefined && `it should end by ${new Date(expires).toISOString()}${overdue ? ': it is overdue' : ''}`,
    ],
    cause: `${type === 'unknown' ? 'A chaos injection' : `The chaos injection ${type}`} was ${overdue ? 'never reverted, although its TTL has passed' : 'not reverted'}. ${stillInjected === false ? 'The marks alone have no effect.' : effect}`,
    fixes: [
      {
        text: 'Revert the injection: the original is restored and verified.',
        command: command(view, ['mayday', 'revert', injectionId(type, marker.object)]),
      },
    ],
  };
}

const MARK = /^chaos\.operatorchaos\.io\//;
/**
 * The labels and annotations that mark the injection. Undo records may contain Secret data, so only their presence is
 * shown.
 */
function* marksOf({ kind, metadata }: ViewObject): Iterable<string> {
  for (const [key, value] of Object.entries(metadata.labels))
    if (MARK.test(key)) yield `${kind} ${metadata.name} label ${key}: ${value}`;
  for (const [key, value] of Object.entries(metadata.annotations))
    if (MARK.test(key))
      yield `${kind} ${metadata.name} annotation ${key}${/rollback-data|mayday$/.test(key) ? '' : `: ${value}`}`;
}

/** One rule for each type of injection. */
export const injectionRules: readonly Rule[] = [...FAULT_TYPES, 'unknown' as const].map(ruleOf);
