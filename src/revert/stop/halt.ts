import { execute } from '../../injection/write/executor.ts';
import type { Write } from '../../injection/write/write.ts';
import type { KubeObject } from '../../k8s/object.ts';
import { nameOf } from '../../k8s/object-ref.ts';
import { pooled } from '../../kube/client/pooled.ts';
import { sanitise } from '../../text/sanitise.ts';
import { blindReason } from '../blind.ts';
import type { RevertDeps } from '../deps.ts';
import { CLEANUP, type ClusterExperiment } from './cluster-experiment.ts';
import type { Stop } from './stop.ts';
import { carrierResources, type Seen, whyMayRemain } from './why-may-remain.ts';

/** How long the framework's controller gets to revert its own injections, milliseconds. */
const CONTROLLER_MS = 10_000;
const PAUSE_MS = 250;
const WIDTH = 8;

/** An experiment and the progress of stopping it. */
export interface Halted {
  experiment: ClusterExperiment;
  /** Undefined while it is still held. */
  stop?: Stop;
  began: number;
  /** Why its deletion was refused. */
  refused?: string;
}

/**
 * Stops experiments by deleting them, which is how the framework aborts one. A pending one is gone at once and cannot
 * begin; for a live one the controller reverts the fault before it removes the finalizer. Waits for that, at most
 * `OWN_MEANS_MS`.
 */
export async function haltExperiments(
  deps: RevertDeps,
  experiments: readonly ClusterExperiment[],
  retryForMs: number = CONTROLLER_MS,
): Promise<Halted[]> {
  const began = deps.clock.monotonic();
  const halted = await pooled(experiments, WIDTH, experiment => deleteOne(deps, experiment, began));
  for (;;) {
    await pooled(halted.filter(isOpen), WIDTH, one => look(deps, one));
    // An experiment that was deleted long ago has no running controller that could finish it, so it is not waited for.
    const open = halted.some(one => isOpen(one) && !hasTimedOut(one, deps, retryForMs));
    if (!open || deps.clock.monotonic() - began + PAUSE_MS > retryForMs) return halted;
    await deps.clock.sleep(PAUSE_MS);
  }
}

const hasTimedOut = ({ experiment }: Halted, { api }: RevertDeps, retryForMs: number): boolean =>
  experiment.deletedAt !== undefined && api.serverTime().now - experiment.deletedAt > retryForMs;

const isOpen = ({ stop, refused }: Halted): boolean => stop === undefined && refused === undefined;

async function deleteOne(deps: RevertDeps, experiment: ClusterExperiment, began: number): Promise<Halted> {
  if (experiment.state === 'stuck') return { experiment, began };
  const { uid } = experiment.object;
  const write: Write = {
    verb: 'delete',
    on: experiment.object,
    precondition: uid === undefined ? {} : { uid },
    propagationPolicy: 'Background',
    says: `delete ${nameOf(experiment.object)}, which aborts it`,
  };
  const { state, message } = await execute([write], deps, { id: experiment.id, purpose: 'revert' });
  return state === 'done' ? { experiment, began } : { experiment, began, refused: message };
}

/** Reads the experiment and notes if it is gone. */
async function look(deps: RevertDeps, one: Halted): Promise<void> {
  const got = await deps.api.get(one.experiment.object);
  if (got.ok && got.value.metadata.uid === one.experiment.object.uid) return;
  if (!got.ok && got.reason !== 'not-found') return;
  const { state } = one.experiment;
  one.stop = receipt(deps, one, {
    outcome: 'stopped',
    verified: true,
    message:
      state === 'pending'
        ? 'deleted before it began; read again, it is gone'
        : 'its own controller reverted it and removed its finalizer; read again, it is gone',
  });
}

function receipt(deps: RevertDeps, one: Halted, rest: Pick<Stop, 'outcome' | 'verified' | 'message'>): Stop {
  const { id, object } = one.experiment;
  return {
    id,
    what: 'experiment',
    tool: 'operator-chaos',
    object,
    ms: Math.round(deps.clock.monotonic() - one.began),
    ...rest,
    message: sanitise(rest.message, 400),
  };
}

/**
 * Releases experiments that their finalizer still holds after the controller had enough time, but only if the last scan
 * found no fault of theirs and could read every resource where it might be. Removes the finalizer and reads again.
 */
export async function releaseExperiments(deps: RevertDeps, halted: readonly Halted[], seen: Seen): Promise<Stop[]> {
  const discovery = await deps.api.discovery();
  return pooled(halted, WIDTH, async one => {
    if (one.stop !== undefined) return one.stop;
    if (one.refused !== undefined)
      return receipt(deps, one, {
        outcome: 'failed',
        verified: false,
        message: `could not be deleted: ${one.refused}`,
      });
    const resources = discovery.ok ? carrierResources(one.experiment.reach, discovery.value) : undefined;
    const fault = whyMayRemain(one.experiment.reach, seen, resources);
    return release(deps, one, fault);
  });
}

async function release(deps: RevertDeps, one: Halted, fault: string | undefined): Promise<Stop> {
  const failed = (message: string): Stop => receipt(deps, one, { outcome: 'failed', verified: false, message });
  const got = await deps.api.get(one.experiment.object);
  const isGone = got.ok ? got.value.metadata.uid !== one.experiment.object.uid : got.reason === 'not-found';
  if (isGone)
    return receipt(deps, one, {
      outcome: 'stopped',
      verified: true,
      message: 'its own controller removed the finalizer meanwhile; read again, it is gone',
    });
  if (!got.ok) return failed(`could not be read: ${blindReason(got)}`);
  if (fault !== undefined)
    return failed(`not released: ${fault}; the experiment is kept, so that its controller may still revert it`);
  if (got.value.metadata.finalizers?.includes(CLEANUP)) {
    const { state, message } = await execute([removeFinalizer(got.value, one)], deps, {
      id: one.experiment.id,
      purpose: 'revert',
    });
    if (state !== 'done' && state !== 'conflict') return failed(`its finalizer could not be removed: ${message}`);
  }
  const after = await deps.api.get(one.experiment.object);
  if (!after.ok && after.reason === 'not-found')
    return receipt(deps, one, {
      outcome: 'released',
      verified: true,
      message:
        'its controller did not finish it; its fault is gone, so mayday removed the finalizer; read again, it is gone',
    });
  if (!after.ok) return failed(`could not be read back: ${blindReason(after)}`);
  const { finalizers = [], uid } = after.value.metadata;
  if (uid !== one.experiment.object.uid)
    return receipt(deps, one, {
      outcome: 'released',
      verified: true,
      message: 'finalizer removed; another experiment of its name was created since',
    });
  return finalizers.includes(CLEANUP)
    ? failed('its finalizer is still there')
    : receipt(deps, one, {
        outcome: 'released',
        verified: true,
        message: `its fault is gone, and mayday removed the finalizer; other finalizers still hold it: ${finalizers.join(', ') || '(none seen)'}`,
      });
}

/** The write that removes the framework's own finalizer and no other. */
function removeFinalizer(live: KubeObject, one: Halted): Write {
  const { finalizers = [], uid, resourceVersion } = live.metadata;
  const at = finalizers.indexOf(CLEANUP);
  return {
    verb: 'patch',
    on: one.experiment.object,
    patchType: 'json',
    body: [
      ...(uid === undefined ? [] : [{ op: 'test', path: '/metadata/uid', value: uid }]),
      { op: 'test', path: `/metadata/finalizers/${at}`, value: CLEANUP },
      { op: 'remove', path: `/metadata/finalizers/${at}` },
    ],
    precondition: {
      ...(uid === undefined ? {} : { uid }),
      ...(resourceVersion === undefined ? {} : { resourceVersion }),
    },
    says: `remove finalizer ${CLEANUP} of ${nameOf(one.experiment.object)}, whose fault is reverted`,
  };
}
