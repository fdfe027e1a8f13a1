import { isDeepStrictEqual } from 'node:util';
import { type Fields, fields, list, number, text } from '../k8s/fields.ts';
import type { KubeObject } from '../k8s/object.ts';
import type { ManagedResource } from './document.ts';

/** Whether an object is healthy; `there` when its kind has no health status. */
export interface ResourceHealth {
  state: 'healthy' | 'unhealthy' | 'there';
  says: string;
}

type Judge = (spec: Fields, status: Fields) => ResourceHealth;

const judged = (isHealthy: boolean, says: string): ResourceHealth => ({
  state: isHealthy ? 'healthy' : 'unhealthy',
  says,
});

const replicas: Judge = (spec, status) => {
  const wanted = number(spec.replicas, 1);
  const ready = number(status.readyReplicas);
  return judged(ready >= wanted, `${ready} of ${wanted} ready`);
};

const phase =
  (good: string): Judge =>
  (_, status) =>
    judged(status.phase === good, text(status.phase) || 'no phase');

/** Kinds that are not judged by conditions. */
const JUDGES: Readonly<Record<string, Judge>> = {
  Deployment: replicas,
  StatefulSet: replicas,
  ReplicaSet: replicas,
  DaemonSet: (_, status) => {
    const [wanted, ready] = [number(status.desiredNumberScheduled), number(status.numberReady)];
    return judged(ready >= wanted, `${ready} of ${wanted} ready`);
  },
  Namespace: phase('Active'),
  PersistentVolumeClaim: phase('Bound'),
};

/** Conditions that are True on a healthy object, the most specific first. */
const GOOD = ['Available', 'Ready', 'Established', 'Succeeded'];

/** Judges one object by its own status. One that is being deleted, or whose status is older than its spec, is not healthy. */
export function healthOf(object: KubeObject): ResourceHealth {
  const { deletionTimestamp, generation } = object.metadata;
  if (deletionTimestamp !== undefined) return { state: 'unhealthy', says: 'it is being deleted' };
  const [spec, status] = [fields(object.spec), fields(object.status)];
  const observed = status.observedGeneration;
  if (typeof observed === 'number' && generation !== undefined && observed < generation)
    return { state: 'unhealthy', says: `its controller has not seen generation ${generation} yet` };
  const judge = Object.hasOwn(JUDGES, object.kind) ? JUDGES[object.kind] : undefined;
  return judge?.(spec, status) ?? byConditions(status);
}

function byConditions(status: Fields): ResourceHealth {
  const all = list(status.conditions);
  const found = GOOD.map(type => all.find(condition => condition.type === type)).find(
    condition => condition !== undefined,
  );
  if (found === undefined) return { state: 'there', says: '' };
  const why = [text(found.reason), text(found.message)].filter(Boolean).join(': ');
  const says = `${text(found.type)} ${text(found.status) || 'unknown'}`;
  return judged(found.status === 'True', found.status === 'True' || why === '' ? says : `${says}: ${why}`);
}

/** The differences between an object and its model, a line each. */
export function differencesOf(wanted: ManagedResource, object: KubeObject): string[] {
  const labels = Object.entries(wanted.labels ?? {}).flatMap(([key, value]) => {
    const found = object.metadata.labels?.[key];
    return found === value ? [] : [`label ${key}: expected ${value}, found ${found ?? 'none'}`];
  });
  const owners = (object.metadata.ownerReferences ?? []).map(({ kind }) => kind);
  const { ownerRef } = wanted;
  const owner =
    ownerRef === undefined || owners.includes(ownerRef)
      ? []
      : [`owner: expected a ${ownerRef}, found ${owners.join(', ') || 'none'}`];
  const spec = fields(object.spec);
  const expected = Object.entries(wanted.expectedSpec ?? {}).flatMap(([key, value]) =>
    isSame(value, spec[key]) ? [] : [`spec.${key}: expected ${shown(value)}, found ${shown(spec[key])}`],
  );
  return [...labels, ...owner, ...expected];
}

/** The framework compares how two values print: "1" is 1. */
const isSame = (a: unknown, b: unknown): boolean =>
  isDeepStrictEqual(a, b) || (isScalar(a) && isScalar(b) && String(a) === String(b));

const isScalar = (value: unknown): boolean => ['string', 'number', 'boolean'].includes(typeof value);

const shown = (value: unknown): string => (value === undefined ? 'nothing' : JSON.stringify(value).slice(0, 80));
