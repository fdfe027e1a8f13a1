import { itemsOf, listIn } from '../../injection/live.ts';
import { blindTo, refuse } from '../../injection/plan/refuse.ts';
import { inReach } from '../../injection/reach/pod-in-reach.ts';
import type { Write } from '../../injection/write/write.ts';
import type { KubeObject } from '../../k8s/object.ts';
import { nameOf, refOf } from '../../k8s/object-ref.ts';
import { controllerOf, isFinished, isMirror, isReady, isTerminating, phaseOf } from '../../k8s/pod.ts';
import type { Facts, Live, Plan, Read, Refusal, Scope } from '../contract.ts';
import { undoRecords } from '../recognition.ts';

export interface PodKillParams {
  labelSelector: string;
}

export const PODS = 'pods';

export function podsRead(params: PodKillParams, scope: Scope): Read[] {
  return [
    {
      key: PODS,
      list: { apiVersion: 'v1', kind: 'Pod', namespace: scope.namespace },
      labelSelector: params.labelSelector,
    },
  ];
}

/** Plans the writes, or refuses. */
export function plan(params: PodKillParams, scope: Scope, live: Live, facts: Facts): Plan | Refusal {
  const seen = listIn(live, PODS);
  if (seen.state === 'blind') return blindTo(`pods in ${scope.namespace}`, seen.failure);
  const pods = itemsOf(seen);
  const where = `${params.labelSelector} in ${scope.namespace}`;
  if (pods.length === 0)
    return refuse('no-match', `expected pods with ${where}, found none: check the selector and the namespace`);
  const fit = pods.filter(pod => notKillable(pod) === undefined);
  if (fit.length === 0) return nothingToKill(pods, where);
  const victims = chosen(fit, scope.count, facts.random);
  const first = victims[0] as KubeObject;
  return {
    is: 'plan',
    type: 'PodKill',
    id: facts.id,
    scope,
    writes: victims.map(killWrite),
    undo: { where: 'nothing to undo: controllers replace the pods', reversible: true },
    pods: victims.map(inReach),
    survivors: pods.filter(pod => !victims.includes(pod)).map(pod => pod.metadata.uid ?? ''),
    permissions: [
      { verb: 'list', group: '', kind: 'Pod', namespace: scope.namespace, for: 'inject' },
      { verb: 'delete', group: '', kind: 'Pod', namespace: scope.namespace, for: 'inject' },
    ],
    warnings: warningsFor(pods, fit, victims, scope.count),
    target: refOf(first),
  };
}

/** Why a pod must not be killed; undefined if it may be killed. */
function notKillable(pod: KubeObject): { code: Refusal['code']; why: string } | undefined {
  if (isTerminating(pod)) return { code: 'terminating', why: 'already Terminating' };
  if (isFinished(pod)) return { code: 'no-effect', why: `already ${phaseOf(pod)}` };
  if (isMirror(pod)) return { code: 'forbidden-target', why: 'a static pod of its node, deleting it stops nothing' };
  if (undoRecords(pod).length > 0) return { code: 'already-injected', why: 'already carries an undo record' };
  const part = pod.metadata.labels?.['app.kubernetes.io/part-of'];
  if (part === 'operator-chaos' || part === 'mayday')
    return { code: 'forbidden-target', why: 'part of the chaos tooling itself' };
  if (controllerOf(pod) === undefined)
    return { code: 'forbidden-target', why: 'has no controller, so nothing would replace it' };
  return undefined;
}

function nothingToKill(pods: readonly KubeObject[], where: string): Refusal {
  const reasons = pods.map(pod => ({ name: pod.metadata.name, ...notKillable(pod) }));
  const listed = reasons.slice(0, 3).map(({ name, why }) => `${name} (${why})`);
  const more = reasons.length > 3 ? ` and ${reasons.length - 3} more` : '';
  return refuse(reasons[0]?.code ?? 'no-match', `no pod with ${where} may be killed: ${listed.join(', ')}${more}`);
}

/** Up to `count` pods, healthy before unhealthy, at random among equals. */
function chosen(fit: readonly KubeObject[], count: number, random: () => number): KubeObject[] {
  return fit
    .map(pod => ({ pod, rank: isReady(pod) ? 0 : phaseOf(pod) === 'Running' ? 1 : 2, order: random() }))
    .sort((a, b) => a.rank - b.rank || a.order - b.order)
    .slice(0, count)
    .map(({ pod }) => pod);
}

function killWrite(pod: KubeObject): Write {
  const graceful = controllerOf(pod)?.kind === 'StatefulSet';
  return {
    verb: 'delete',
    on: refOf(pod),
    ...(graceful ? {} : { gracePeriodSeconds: 0 }),
    precondition: pod.metadata.uid === undefined ? {} : { uid: pod.metadata.uid },
    says: `kill ${nameOf(refOf(pod))}${graceful ? ' with its own grace period' : ''}`,
  };
}

function warningsFor(
  all: readonly KubeObject[],
  fit: readonly KubeObject[],
  victims: readonly KubeObject[],
  count: number,
): string[] {
  const left = all.length - fit.length;
  const owners = new Set(fit.map(pod => controllerOf(pod)?.uid));
  const unhealthy = victims.filter(pod => !isReady(pod)).map(pod => pod.metadata.name);
  const graceful = victims.filter(pod => controllerOf(pod)?.kind === 'StatefulSet').map(pod => pod.metadata.name);
  return [
    ...(victims.length < count ? [`asked for ${count} pods, only ${victims.length} may be killed`] : []),
    ...(left > 0 ? [`${left} of ${all.length} matching pods are left alone: ${summary(all)}`] : []),
    ...(owners.size > 1 ? [`the selector matches pods of ${owners.size} controllers`] : []),
    ...(unhealthy.length > 0 ? [`not Ready before the kill: ${unhealthy.join(', ')}`] : []),
    ...(graceful.length > 0
      ? [`StatefulSet pods are deleted with their own grace period, not by force: ${graceful.join(', ')}`]
      : []),
  ];
}

function summary(pods: readonly KubeObject[]): string {
  return [...new Set(pods.flatMap(pod => notKillable(pod)?.why ?? []))].join('; ');
}
