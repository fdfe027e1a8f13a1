import { counted } from '../../../text/counted.ts';
import { causeOf } from '../../finding/cause.ts';
import type { Rule } from '../../rule.ts';
import { edit } from './fixes.ts';
import { type Top, topKey, topOf } from './owner.ts';

const RECENT_MS = 15 * 60_000;

/** preStop hooks that fail when pods are stopped. */
export const preStopFails: Rule = {
  id: 'pod/prestop-hook',
  gate: 'G9',
  needs: ['Pod'],
  wants: ['Event', 'ReplicaSet', 'Deployment', 'StatefulSet', 'DaemonSet', 'Job'],
  about: {
    looksAt: 'Warnings FailedPreStopHook of the last 15 minutes.',
    why: 'The container is stopped nevertheless, but without the work of the hook: connections are cut, work is lost, locks are not released. A hook that hangs uses up the whole grace period.',
    whatToDo:
      'Correct the command or the path of the hook; the usual reason is a shell or a program that is not in the image.',
  },
  *look({ view, now }) {
    const groups = new Map<string, { top: Top; names: string[]; message: string; at: number; count: number }>();
    for (const event of view.events()) {
      if (event.reason !== 'FailedPreStopHook' || now - event.last > RECENT_MS) continue;
      const pod = view.get('Pod', event.about.namespace, event.about.name);
      if (pod === undefined) continue;
      const top = topOf(view, pod);
      const key = topKey(top);
      const group = groups.get(key) ?? { top, names: [], message: event.message, at: event.first.at, count: 0 };
      group.names.push(event.about.name);
      group.at = Math.min(group.at, event.first.at);
      group.count += event.count;
      groups.set(key, group);
    }
    for (const { top, names, message, at, count } of groups.values())
      yield {
        // A single failure is over; a hook that fails at every stop loses something each time.
        severity: count > 1 ? 'high' : 'warn',
        object: top.object ?? top.ref,
        summary: `the preStop hook fails when its pods are stopped: ${message}`,
        since: { at, exact: false },
        evidence: [
          `event FailedPreStopHook of ${[...new Set(names)].slice(0, 3).join(', ')} (${counted(count, 'time')}): "${message}"`,
        ],
        cause: 'The preStop lifecycle hook of a container fails, so its pods end without a clean shutdown.',
        fixes: [edit(view, top, 'Correct lifecycle.preStop of the container: its command, path or port.')],
        because: [causeOf(top.ref, 'chaos/')],
      };
  },
};
