import { postText } from '../host/post-text.ts';
import type { Api } from '../kube/client/api.ts';
import { clusterEvents } from '../notify/cluster-events.ts';
import { createNotifier, type Notifier } from '../notify/notifier.ts';
import { createSender } from '../notify/sender.ts';
import type { Runtime } from './runtime.ts';

/** Whoever the configuration wants told, and the cluster's own Events; the same for all of a connection. What could not be told is named when the runtime closes. */
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

/** Where this process works, and as whom, for what it tells others. */
export const placeOf = ({ host }: Runtime, api: Api) => ({
  context: api.identity.context,
  user: api.identity.user,
  host,
  now: () => api.serverTime().now,
});
