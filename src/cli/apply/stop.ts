import { faultOfExperiment } from '../../apply/fault-of-experiment.ts';
import { appliedState } from '../../apply/state.ts';
import type { ObjectRef } from '../../k8s/object.ts';
import { nameOf } from '../../k8s/object-ref.ts';
import type { Api } from '../../kube/client/api.ts';
import { engineFor } from '../../runtime/open-engine.ts';
import type { Runtime } from '../../runtime/runtime.ts';
import { counted } from '../../text/counted.ts';
import type { Invocation } from '../command.ts';
import { CommandFailure, EXIT, type ExitCode } from '../failure.ts';
import { printNotice } from '../output/notice.ts';
import { revertCommand } from '../revert/revert.ts';

/**
 * Stops an experiment of the framework. Deleting it is how the framework aborts one: its controller then reverts the fault. What
 * the controller leaves is reverted here, and only then is the finalizer removed. The exit codes are those of `mayday revert`.
 */
export async function stopExperiment(
  invocation: Invocation,
  api: Api,
  runtime: Runtime,
  object: ObjectRef,
): Promise<ExitCode> {
  const got = await api.get(object);
  if (!got.ok) {
    if (got.reason === 'not-found')
      throw new CommandFailure(
        `expected ${nameOf(object)}, found none; what it may have left: \`mayday scan\``,
        EXIT.inconclusive,
      );
    throw new CommandFailure(`${nameOf(object)} cannot be read: ${got.message}`, EXIT.unreachable);
  }
  const live = { ...got.value, apiVersion: object.apiVersion, kind: object.kind };
  const seen = appliedState(live);
  const scanned = await engineFor(runtime, api).scan({ deep: true });
  const left = faultOfExperiment(live, seen.reach, scanned.injections).map(({ id }) => id);
  const { isOver } = seen;
  if (isOver)
    printNotice(`it has ended already: ${seen.phase}${seen.verdict === undefined ? '' : `, ${seen.verdict}`}`);
  // An ended experiment that was deleted and still has its finalizer is included, so that the finalizer is removed.
  const ids = [...(seen.state === 'over' ? [] : [seen.id as string]), ...left];
  if (ids.length === 0) {
    const blind = scanned.blind.length;
    printNotice(
      blind === 0
        ? 'nothing of its kind is in the cluster'
        : `BLIND to ${counted(blind, 'kind')}: it may have left something there`,
    );
    return blind === 0 ? EXIT.done : EXIT.residue;
  }
  const { namespace: _, ...globals } = invocation.globals;
  return revertCommand({ ...invocation, globals, args: [ids] });
}
