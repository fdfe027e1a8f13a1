import { type Controller, keyOf } from '../controllers/controller-manager.ts';
import type { Parts } from '../controllers/parts.ts';
import { cloneJson, isRecord, type KubeObject, type NewObject, sameJson } from '../object.ts';
import { StatusError } from '../status.ts';
import type { StoreEvent } from '../store.ts';
import type { OperatorInstance } from './instance.ts';
import type { RepairDuty } from './operator.ts';

/** The retry interval while an operator has no ready leader, milliseconds. */
const NOT_READY_MS = 1000;
/** The retry interval after a refused repair, milliseconds. */
const REFUSED_MS = 5000;

/** The value at a dotted path; list positions are numbers. */
export function valueAt(object: unknown, path: string): unknown {
  let value = object;
  for (const step of path.split('.')) {
    if (Array.isArray(value)) value = value[Number(step)];
    else if (isRecord(value)) value = value[step];
    else return undefined;
  }
  return value;
}

/** Sets the value at a dotted path, in place; undefined removes it. Missing parents are created. */
export function setAt(object: KubeObject, path: string, value: unknown): void {
  const steps = path.split('.');
  const last = steps.pop() ?? '';
  let parent: unknown = object;
  for (const step of steps) {
    if (Array.isArray(parent)) parent = parent[Number(step)];
    else if (isRecord(parent)) {
      parent[step] ??= {};
      parent = parent[step];
    }
  }
  if (Array.isArray(parent)) parent[Number(last)] = value;
  else if (isRecord(parent) && value === undefined) delete parent[last];
  else if (isRecord(parent)) parent[last] = value;
}

/** Which of the kept paths differ from the wanted object. */
export function drift(current: KubeObject, wanted: KubeObject, keeps: readonly string[]): string[] {
  return keeps.filter(path => !sameJson(valueAt(current, path), valueAt(wanted, path)));
}

interface Watched {
  instance: OperatorInstance;
  duty: RepairDuty;
  wanted: KubeObject;
  /** When the drift began, or when the operator became able to act; undefined while nothing differs. */
  since?: number;
}

/** A copy without what only the server sets, to create the object again. */
function asNew(object: KubeObject): NewObject {
  const copy: NewObject = cloneJson(object);
  for (const field of ['uid', 'resourceVersion', 'creationTimestamp', 'managedFields', 'generation'] as const)
    delete copy.metadata[field];
  delete copy.status;
  return copy;
}

/**
 * Operators repair the objects that they keep, each after its own delay, while they have a leader that is ready and
 * reaches the API, and as far as their rights allow. The wanted state is that at the start of the sandbox.
 */
export function repairs({ store, clock }: Parts, instances: readonly OperatorInstance[]): Controller {
  const watched = new Map<string, Watched>();
  for (const instance of instances) {
    for (const [i, duty] of instance.operator.behaviour.repairs.entries()) {
      const wanted = store.get(duty.resource, duty.namespace, duty.name);
      if (wanted) watched.set(`${instance.operator.name}/${i}`, { instance, duty, wanted });
    }
  }
  const keysOf = ({ object, resource }: StoreEvent): string[] =>
    [...watched]
      .filter(([, w]) => w.duty.resource === resource.key && keyOf(w.wanted) === keyOf(object))
      .map(([key]) => key);
  const resources = new Set([...watched.values()].map(w => w.duty.resource));

  const attempt = async (
    w: Watched,
    current: KubeObject | undefined,
    paths: readonly string[],
  ): Promise<undefined | number> => {
    const { instance, duty, wanted } = w;
    const leader = instance.leader();
    const what = `${wanted.kind} ${duty.namespace ? `${duty.namespace}/` : ''}${duty.name}`;
    try {
      if (current) {
        const next = cloneJson(current);
        for (const path of paths) setAt(next, path, cloneJson(valueAt(wanted, path)));
        await instance.client.update(duty.resource, next, { manager: instance.manager });
      } else await instance.client.create(duty.resource, asNew(wanted), { manager: instance.manager });
      if (leader) instance.log(leader, `reconciled ${what}: restored ${current ? paths.join(', ') : 'the object'}`);
      delete w.since;
      return undefined;
    } catch (error) {
      if (!(error instanceof StatusError)) throw error;
      if (leader) instance.log(leader, `failed to reconcile ${what}: ${error.message}`, 'ERROR');
      return REFUSED_MS;
    }
  };

  return {
    name: 'repairs',
    watches: Object.fromEntries([...resources].map(resource => [resource, keysOf])),
    reconcile(key) {
      const w = watched.get(key);
      if (!w) return undefined;
      const current = store.get(w.duty.resource, w.duty.namespace, w.duty.name);
      if (current?.metadata.deletionTimestamp) return NOT_READY_MS;
      const paths = current ? drift(current, w.wanted, w.duty.restores) : ['metadata.name'];
      if (paths.length === 0) {
        delete w.since;
        return undefined;
      }
      const now = clock.now();
      if (w.since === undefined || !w.instance.leader()) w.since = now;
      if (!w.instance.leader()) return NOT_READY_MS;
      const due = w.since + w.duty.afterMs;
      return now < due ? due - now : attempt(w, current, paths);
    },
  };
}
