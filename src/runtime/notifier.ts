import { postText } from '../host/post-text.ts';
import type { Api } from '../kube/client/api.ts';
import { clusterEvents } from '../notify/cluster-events.ts';
import { createNotifier, type Notifier } from '../notify/notifier.ts';
import { createSender } from '../notify/sender.ts';
import type { Runtime } from './runtime.ts';

/** The notifier for the receivers of the configuration and for Kubernetes Events; one for each connection. Notices that could not be sent are named when the runtime closes. */
export function notifierFor(runtime: Runtime, api: Api): Notifier {
  const known = runtime.notifiers.get(api);
  if (known !== undefined) return known;
  const { config, realClock } = runtime;
  const senders = config.notify.map(receiver => createSender(receiver, { post: postText, clock: realClock }));
  const events =
    config.clusterEvents === 'on' && !config.readOnly
      ? clusterEvents(api, (ms, signal) => realClock.sleep(ms, signal))
      : undefined;
  const notifier = createNotifier(senders, events);
  runtime.notifiers.set(api, notifier);
  runtime.atClose(() => notifier.close());
  return notifier;
}

/** The cluster and machine of this process, for notices. */
export const placeOf = ({ host }: Runtime, api: Api) => ({
  context: api.identity.context,
  user: api.identity.user,
  host,
  now: () => api.serverTime().now,
});
