import type { Plan } from '../../faults/contract.ts';
import { isRefusal } from '../../injection/plan/refuse.ts';
import type { Execution } from '../../injection/write/executor.ts';
import { injectWithReplan } from '../../injection/write/replan.ts';
import type { ObjectRef } from '../../k8s/object.ts';
import { nameOf } from '../../k8s/object-ref.ts';
import { startStopwatch } from '../clocks.ts';
import type { Injection } from './outcome.ts';
import type { Prepared } from './prepared.ts';
import type { Run } from './run-state.ts';
import { lacksRecord, withSentMarks } from './sent-marks.ts';

/** Sends the plan. Throws only while nothing can have been written; later errors are returned in `error`. */
export async function inject(run: Run, prepared: Prepared): Promise<Injection> {
  const { deps } = run;
  run.stop.throwIfAborted();
  await run.phase('Injecting');
  const watch = startStopwatch(deps.clock, () => deps.api.serverTime());
  run.observed.timings.injectedAt = watch.startedAt;
  // Until the outcome is known, every planned write may have reached the cluster.
  const injection = { isInjected: false, watch, written: prepared.plan.writes.map(write => write.on), answers: [] };
  try {
    return await send(run, prepared, injection);
  } catch (error) {
    return { ...injection, error };
  }
}

async function send(run: Run, prepared: Prepared, begun: Injection): Promise<Injection> {
  const { api, clock, journal, sign } = run.deps;
  const signed = (plan: Plan) => sign?.(plan) ?? Promise.resolve(plan);
  const again = async () => {
    const next = await prepared.again();
    return isRefusal(next) ? next : signed(next);
  };
  const made = await injectWithReplan(await signed(prepared.plan), again, { api, clock, journal, signal: run.stop });
  if (made.state === 'refused') return { ...begun, written: [], refused: made.refusal };
  const { execution } = made;
  if (made.state === 'not-injected') {
    const left = { ...begun, written: remains(execution) };
    return execution.state === 'aborted' ? { ...left, isAborted: true } : { ...left, refused: refusedBy(execution) };
  }
  prepared.plan = made.plan;
  await run.emit({ event: 'injected', ...announce(made.plan), ...deadlinesAt(prepared, begun.watch.startedAt) });
  return {
    ...begun,
    isInjected: true,
    written: made.plan.writes.map(write => write.on),
    // The answer to a deletion shows the object before it, unless the object is Terminating by then.
    answers: execution.steps.flatMap(({ write, object }) =>
      object && (write.verb !== 'delete' || object.metadata?.deletionTimestamp) ? [withSentMarks(write, object)] : [],
    ),
    ...recordLost(execution),
  };
}

/** Why the run must revert at once: if this process died now, nothing would hold the original. */
function recordLost({ steps }: Execution): Pick<Injection, 'recordLost'> {
  const lost = steps.flatMap(({ write, object }) => (object && lacksRecord(write, object) ? [nameOf(write.on)] : []));
  return lost.length === 0
    ? {}
    : {
        recordLost: `the server did not keep the undo record of ${lost.join(', ')}: a mutating webhook or policy removed it`,
      };
}

const refusedBy = (execution: Execution) => ({
  code: execution.steps.at(-1)?.failure?.reason ?? execution.state,
  message: `not injected: ${execution.message}`,
});

/** The objects that an incomplete injection has, or may have, written and not undone. */
const remains = (execution: Execution): ObjectRef[] => [
  ...execution.left.map(write => write.on),
  ...execution.steps.filter(step => step.outcome === 'unknown').map(step => step.write.on),
];

const announce = (plan: Plan) => ({
  target: plan.target,
  writes: plan.writes.map(write => write.says),
  pods: plan.pods.map(pod => `${pod.namespace}/${pod.name} (uid ${pod.uid.slice(0, 8)})`),
});

const deadlinesAt = ({ ttlMs, recoveryMs }: Prepared, startedAt: number) => ({
  recoveryDeadline: startedAt + recoveryMs,
  ...(ttlMs === undefined ? {} : { ttlDeadline: startedAt + ttlMs }),
});
