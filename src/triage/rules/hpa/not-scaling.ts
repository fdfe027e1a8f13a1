import type { ClusterView, ViewObject } from '../../../health/view/cluster-view.ts';
import { VIEW_KINDS, type ViewKind } from '../../../health/view/kinds.ts';
import { fields, list, text } from '../../../k8s/fields.ts';
import { type Condition, condition, created, quoted, sinceTime } from '../../facts/fields.ts';
import { nearest } from '../../facts/near-miss.ts';
import { type FixDraft, refOf } from '../../finding/build.ts';
import { causeOf } from '../../finding/cause.ts';
import type { Cause } from '../../finding/finding.ts';
import { command, named, patchCommand } from '../../finding/shell.ts';
import type { Rule } from '../../rule.ts';

/** A new autoscaler has no metrics for its first minutes. */
const STARTING_MS = 120_000;
/** The reason for a target at zero replicas, which is not a fault. */
const ON_PURPOSE = 'ScalingDisabled';

/** The aggregated API that each type of metric comes from. */
const APIS: Readonly<Record<string, string>> = {
  Resource: 'v1beta1.metrics.k8s.io',
  ContainerResource: 'v1beta1.metrics.k8s.io',
  Pods: 'v1beta1.custom.metrics.k8s.io',
  Object: 'v1beta1.custom.metrics.k8s.io',
  External: 'v1beta1.external.metrics.k8s.io',
};

interface Target {
  kind: string;
  name: string;
}

const targetOf = (hpa: ViewObject): Target => {
  const { kind, name } = fields(hpa.spec.scaleTargetRef);
  return { kind: text(kind), name: text(name) };
};

/** The condition that says why it does not scale. */
function faultOf(hpa: ViewObject): Condition | undefined {
  for (const type of ['AbleToScale', 'ScalingActive']) {
    const found = condition(hpa, type);
    if (found?.status === 'False' && found.reason !== ON_PURPOSE && !/^(Backoff|ScaleUp|ScaleDown)/.test(found.reason))
      return found;
  }
  return undefined;
}

/** A HorizontalPodAutoscaler that cannot find its target or gets no metrics, and so never changes the number of replicas. */
export const hpaNotScaling: Rule = {
  id: 'hpa/not-scaling',
  gate: 'G9',
  needs: ['HorizontalPodAutoscaler'],
  wants: ['Deployment', 'StatefulSet', 'ReplicaSet', 'APIService', 'Pod'],
  about: {
    looksAt: 'The conditions AbleToScale and ScalingActive of HorizontalPodAutoscalers.',
    why: 'Without a target or without metrics the number of replicas stays as it is, whatever the load.',
    whatToDo:
      'Correct scaleTargetRef, set the request of every container for the metric, or fix the API that serves the metrics.',
  },
  *look({ view, now }) {
    for (const hpa of view.all('HorizontalPodAutoscaler')) {
      const fault = faultOf(hpa);
      if (fault === undefined || now - created(hpa) < STARTING_MS) continue;
      const target = targetOf(hpa);
      const near = nearTarget(view, hpa, target);
      const { summary, cause } = explain(fault, target, near);
      yield {
        severity: 'high',
        object: hpa,
        summary,
        since: sinceTime(fault.since, created(hpa)),
        evidence: [quoted(fault), `spec.scaleTargetRef: ${target.kind} ${target.name}`],
        cause,
        fixes: [...fixes(view, hpa, fault, target, near)],
        because: [...causes(view, hpa, target)],
      };
    }
  },
};

/** The name of an existing object that the target was probably meant to be; undefined where the target exists. */
function nearTarget(view: ClusterView, { metadata }: ViewObject, { kind, name }: Target): string | undefined {
  if (!Object.hasOwn(VIEW_KINDS, kind)) return undefined;
  const all = view.inNamespace(kind as ViewKind, metadata.namespace ?? '').map(one => one.metadata.name);
  return all.includes(name) ? undefined : nearest(name, all);
}

function explain(
  fault: Condition,
  { kind, name }: Target,
  near: string | undefined,
): { summary: string; cause: string } {
  const { reason, message } = fault;
  if (reason === 'FailedGetScale') {
    const meant = near === undefined ? '' : `; there is ${near}`;
    return {
      summary: `HPA cannot scale: its scale target ${kind} ${name} is not found${meant}`,
      cause: `scaleTargetRef names ${kind} ${name}, which does not exist${meant}.`,
    };
  }
  const missing = /missing request for (\w+)(?: in container (\S+))?/.exec(message);
  if (missing)
    return {
      summary: `HPA gets no usable metrics: missing request for ${missing[1]}${missing[2] ? ` in container ${missing[2]}` : ''} of ${kind} ${name}`,
      cause: `Utilisation is measured against the request, and ${missing[2] ? `container ${missing[2]}` : 'a container'} of ${kind} ${name} has no ${missing[1]} request.`,
    };
  if (reason === 'AmbiguousSelector')
    return {
      summary: `HPA does not scale: another HPA selects the same pods (ambiguous selector)`,
      cause: `Two autoscalers of the same pods would work against each other, so neither of them scales.`,
    };
  return {
    summary: `HPA gets no metrics and does not scale ${kind} ${name}: ${reason}`,
    cause: `The metrics API does not respond, or has no metrics for these pods: ${message}`,
  };
}

function* fixes(
  view: ClusterView,
  hpa: ViewObject,
  fault: Condition,
  { kind, name }: Target,
  near: string | undefined,
): Iterable<FixDraft> {
  const { namespace = '' } = hpa.metadata;
  const edit = command(view, ['kubectl', 'edit', ...named(refOf(hpa))]);
  if (fault.reason === 'FailedGetScale') {
    if (near === undefined)
      yield { text: `Set spec.scaleTargetRef to a workload that exists, or delete the HPA.`, command: edit };
    else
      yield {
        text: `Point the HPA to ${kind} ${near}: set spec.scaleTargetRef.name.`,
        command: patchCommand(view, named(refOf(hpa)), 'merge', { spec: { scaleTargetRef: { name: near } } }),
      };
    return;
  }
  if (/missing request/.test(fault.message)) {
    yield {
      text: `Give every container of ${kind} ${name} a request for the metric (resources.requests).`,
      command: command(view, ['kubectl', 'edit', `${kind.toLowerCase()}/${name}`, '-n', namespace]),
    };
    return;
  }
  if (fault.reason === 'AmbiguousSelector') {
    yield {
      text: 'Delete all but one of the HPAs that select these pods.',
      command: command(view, ['kubectl', 'get', 'hpa', '-n', namespace]),
    };
    return;
  }
  yield {
    text: 'Check whether the APIs that serve metrics are available (metrics-server, an adapter).',
    command: command(view, ['kubectl', 'get', 'apiservices']),
  };
}

function* causes(view: ClusterView, hpa: ViewObject, target: Target): Iterable<Cause> {
  const { namespace = '' } = hpa.metadata;
  for (const metric of list(hpa.spec.metrics)) {
    const api = APIS[text(metric.type)];
    if (api) yield causeOf({ kind: 'APIService', name: api });
  }
  for (const one of view.all('APIService'))
    if (/metrics\.k8s\.io$/.test(one.metadata.name)) yield causeOf({ kind: 'APIService', name: one.metadata.name });
  yield causeOf({ kind: 'Deployment', namespace: 'kube-system', name: 'metrics-server' });
  yield causeOf({ kind: target.kind, namespace, name: target.name });
}
