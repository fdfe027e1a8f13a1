import type { ViewObject } from '../../../health/view/cluster-view.ts';
import { created } from '../../facts/fields.ts';
import { refOf } from '../../finding/build.ts';
import { command, named } from '../../finding/shell.ts';
import type { Rule } from '../../rule.ts';
import { type Container, containersOf } from '../pods/containers.ts';
import { edit } from '../pods/fixes.ts';
import { topOf } from '../pods/owner.ts';

/** Containers of one Job may end at different times. Sidecars that never exit by themselves are recognised by their names. */
const SIDECAR = /proxy|envoy|sidecar|agent|linkerd|istio|daprd|fluent|collector|exporter|shipper/;
const SIDECAR_MS = 10 * 60_000;
const OTHER_MS = 60 * 60_000;

/** The finished container of a Job's pod, and the containers that still run. */
interface HeldOpen {
  done: Container;
  running: Container[];
  since: number;
}

/** A Job that does not complete although its work is done, because another container of its pod still runs. */
export const jobHeldOpen: Rule = {
  id: 'job/held-open',
  gate: 'G9',
  needs: ['Job', 'Pod'],
  wants: ['CronJob'],
  about: {
    looksAt:
      'Running pods of Jobs of which one container ended with exit code 0 some time ago while another, such as the proxy of a service mesh, keeps running.',
    why: 'A pod succeeds only when all its containers have ended: the Job stays active, and its CronJob may be unable to start the next one.',
    whatToDo:
      'Make the container a native sidecar (an init container with restartPolicy: Always), which is stopped after the main container exits; or have the job stop it.',
  },
  *look({ view, now }) {
    for (const job of view.all('Job'))
      for (const pod of view.ownedBy(job.metadata.uid)) {
        const held = pod.kind === 'Pod' ? heldOpen(pod, now) : undefined;
        if (held === undefined) continue;
        const { done, running, since } = held;
        const names = running.map(one => one.name).join(', ');
        const top = topOf(view, job);
        yield {
          severity: running.every(one => SIDECAR.test(`${one.name} ${one.image}`)) ? 'high' : 'warn',
          object: job,
          summary: `the work is done, but the job does not complete: sidecar container ${names} of its pod still runs`,
          since: { at: since, exact: true },
          evidence: [
            `pod ${pod.metadata.name}: container ${done.name} ended with exit code 0 at ${new Date(since).toISOString()}`,
            ...running.map(one => `pod ${pod.metadata.name}: container ${one.name} running, image ${one.image}`),
          ],
          cause: `Container ${names} does not end by itself, and a pod succeeds only when all its containers have ended.`,
          fixes: [
            edit(
              view,
              top,
              `Make ${names} a native sidecar: an init container with restartPolicy: Always is stopped after the main container exits. Or leave the sidecar out of this job (sidecar.istio.io/inject: "false").`,
            ),
            {
              text: 'Delete the pod to end this run, whose work is done. The pod then counts as failed.',
              command: command(view, ['kubectl', 'delete', ...named(refOf(pod))]),
              safe: false,
            },
          ],
        };
        break;
      }
  },
};

function heldOpen(pod: ViewObject, now: number): HeldOpen | undefined {
  const main = containersOf(pod).filter(({ role }) => role === 'main');
  const done = main.find(one => one.ended?.exitCode === 0);
  const running = main.filter(one => one.running);
  if (done === undefined || running.length === 0 || main.some(one => (one.ended?.exitCode ?? 0) !== 0))
    return undefined;
  const since = done.ended?.finishedAt ?? created(pod);
  const limitMs = running.every(one => SIDECAR.test(`${one.name} ${one.image}`)) ? SIDECAR_MS : OTHER_MS;
  return pod.status.phase === 'Running' && now - since > limitMs ? { done, running, since } : undefined;
}
