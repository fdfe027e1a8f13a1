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
import { carrierResources, type Seen, whereItIs } from './where-it-is.ts';

/** How long the framework's controller gets to revert what it injected itself, milliseconds. */
const OWN_MEANS_MS = 10_000;
const PAUSE_MS = 250;
const WIDTH = 8;

/** An experiment with what became of it so far. */
export interface Halted {
  experiment: ClusterExperiment;
  /** Undefined while it is still held. */
  stop?: Stop;
  began: number;
  /** Why it could not even be deleted. */
  refused?: string;
}

/**
 * Stops experiments by their own means: deleting one is how the framework aborts it. A pending one is gone at once and
 * cannot begin; for a live one the controller reverts the fault before it removes the finalizer. Waits for that, at
 * most `OWN_MEANS_MS`.
 */
export async function haltExperiments(
  deps: RevertDeps,
  experiments: readonly ClusterExperiment[],
  retryForMs: number = OWN_MEANS_MS,
): Promise<Halted[]> {
  const began = deps.clock.monotonic();
  const halted = await pooled(experiments, WIDTH, experiment => deleteOne(deps, experiment, began));
  for (;;) {
    await pooled(halted.filter(isOpen), WIDTH, one => look(deps, one));
    // If it was deleted long ago, no controller is there to finish it.
    const open = halted.some(one => isOpen(one) && !hadItsTime(one, deps, retryForMs));
    if (!open || deps.clock.monotonic() - began + PAUSE_MS > retryForMs) return halted;
    await deps.clock.sleep(PAUSE_MS);
  }
}

const hadItsTime = ({ experiment }: Halted, { api }: RevertDeps, retryForMs: number): boolean =>
  experiment.leavingSince !== undefined && api.serverTime().now - experiment.leavingSince > retryForMs;

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

/** Whether it is gone. */
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
        ? 'deleted before it began: read again, it is gone'
        : 'its own controller reverted it and let go: read again, it is gone',
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
 * Releases experiments that are still held after their own means had enough time, but only if the last scan shows
 * nothing of their fault and could read wherever it would be. Removes the finalizer and reads again.
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
    const fault = whereItIs(one.experiment.reach, seen, resources);
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
      message: 'its own controller let go in the meantime: read again, it is gone',
    });
  if (!got.ok) return failed(`could not be read: ${blindReason(got)}`);
  if (fault !== undefined)
    return failed(`not released: ${fault}; it is kept, so that its controller may still revert it`);
  if (got.value.metadata.finalizers?.includes(CLEANUP)) {
    const { state, message } = await execute([letGo(got.value, one)], deps, {
      id: one.experiment.id,
      purpose: 'revert',
    });
    if (state !== 'done' && state !== 'conflict') return failed(`its finalizer could not be taken off: ${message}`);
  }
  const after = await deps.api.get(one.experiment.object);
  if (!after.ok && after.reason === 'not-found')
    return receipt(deps, one, {
      outcome: 'released',
      verified: true,
      message: 'its controller did not answer; none of its fault is left; finalizer taken off, read again: gone',
    });
  if (!after.ok) return failed(`could not be read back: ${blindReason(after)}`);
  const { finalizers = [], uid } = after.value.metadata;
  if (uid !== one.experiment.object.uid)
    return receipt(deps, one, {
      outcome: 'released',
      verified: true,
      message: 'finalizer taken off; another of its name was made since',
    });
  return finalizers.includes(CLEANUP)
    ? failed('its finalizer is still there')
    : receipt(deps, one, {
        outcome: 'released',
        verified: true,
        message: `none of its fault is left; finalizer taken off; others still hold it: ${finalizers.join(', ') || 'nothing seen'}`,
      });
}

/** Takes the framework's own finalizer off and no other. */
function letGo(live: KubeObject, one: Halted): Write {
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
    says: `take finalizer ${CLEANUP} off ${nameOf(one.experiment.object)}, whose fault is reverted`,
  };
}
