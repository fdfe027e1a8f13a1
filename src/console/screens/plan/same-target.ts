import type { Plan } from '../../../faults/contract.ts';
import type { Write } from '../../../injection/write/write.ts';
import type { Gate } from '../../session/run.ts';

/**
 * Whether the plan about to be sent still aims at what was armed: same target, same pods, same writes on objects that have
 * not changed since (uid and resourceVersion). Otherwise the reason, in one line.
 */
export function sameTarget(armed: Plan, now: Plan): Gate {
  const gate = 'armed target';
  const no = (reason: string): Gate => ({ gate, ok: false, reason: `${reason}; arm again` });
  const pods = (plan: Plan): string =>
    plan.pods
      .map(pod => pod.uid)
      .sort()
      .join(' ');
  if (armed.target.uid !== now.target.uid || armed.target.name !== now.target.name)
    return no('the target was replaced since arming');
  if (pods(armed) !== pods(now)) return no('the pods in reach changed since arming');
  if (armed.writes.length !== now.writes.length) return no('the writes changed since arming');
  const changed = armed.writes.findIndex((write, i) => frozen(write) !== frozen(now.writes[i]));
  const write = armed.writes[changed];
  if (write) return no(`${write.on.kind} ${write.on.name} changed since arming`);
  return { gate, ok: true, reason: 'as armed' };
}

function frozen(write: Write | undefined): string {
  if (!write) return '';
  const { verb, on, precondition } = write;
  return JSON.stringify([
    verb,
    on.apiVersion,
    on.kind,
    on.namespace,
    on.name,
    precondition.uid,
    precondition.resourceVersion,
  ]);
}
