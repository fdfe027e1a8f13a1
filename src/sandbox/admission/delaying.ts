import { parseDuration } from '../../text/duration.ts';
import type { Kernel } from '../api/kernel.ts';
import type { WebhookBackend } from '../context.ts';
import { each, part } from '../defaults/fill.ts';

const DELAY = /^--delay=(.+)$/;

/**
 * The backend of a pod that runs `mayday webhook-server` behind this Service: it allows everything after its delay.
 * Undefined when the Service selects no such pod.
 */
export function delayingBackend(kernel: Kernel, namespace: string, service: string): WebhookBackend | undefined {
  const selector = part(kernel.store.get('services', namespace, service), 'spec', 'selector');
  if (!selector) return undefined;
  const pods = kernel.store.list('pods', namespace, { matchLabels: selector as Record<string, string> });
  const delay = pods.map(delayOf).find(ms => ms !== undefined);
  if (delay === undefined) return undefined;
  return () =>
    new Promise(resolve => {
      kernel.clock.setTimeout(() => resolve({ allowed: true }), delay);
    });
}

function delayOf(pod: object): number | undefined {
  const commands = each(part(pod, 'spec'), 'containers').map(({ args }) =>
    Array.isArray(args) ? args.map(String) : [],
  );
  const served = commands.find(args => args[0] === 'webhook-server');
  const text = served?.map(arg => DELAY.exec(arg)?.[1]).find(found => found !== undefined);
  return text === undefined ? undefined : parseDuration(text);
}
