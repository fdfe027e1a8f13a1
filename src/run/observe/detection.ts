import type { KubeObject } from '../../k8s/object.ts';
import type { Api } from '../../kube/client/api.ts';

interface EventBody {
  type?: string;
  involvedObject?: { name?: string };
  reportingComponent?: string;
  eventTime?: string | null;
  firstTimestamp?: string | null;
  lastTimestamp?: string | null;
}

/** The component name in the Events that mayday writes. */
export const OUR_COMPONENT = 'mayday';

/** Some event times have whole seconds only. */
const SECOND = 1_000;

/** When an event was first seen, milliseconds since the epoch; a recurring one counts from its last time. */
function timeOf({ eventTime, firstTimestamp, lastTimestamp }: EventBody, since: number): number | undefined {
  const times = [eventTime, firstTimestamp, lastTimestamp]
    .map(text => Date.parse(text ?? ''))
    .filter(time => time >= since - SECOND);
  return times.length > 0 ? Math.max(since, Math.min(...times)) : undefined;
}

/** Whether the event is about one of the names, or about a pod of it: pods have the name of their owner as a prefix. */
const isAbout = (event: EventBody, names: readonly string[]): boolean =>
  names.some(name => event.involvedObject?.name === name || event.involvedObject?.name?.startsWith(`${name}-`));

/** T2: the cluster's own first Warning about one of the named objects since the injection; undefined if there was none or none could be read. */
export async function firstWarning(
  api: Api,
  namespaces: readonly string[],
  names: readonly string[],
  since: number,
): Promise<number | undefined> {
  const pages = await Promise.all(
    namespaces.map(namespace =>
      api.listAll({ apiVersion: 'v1', kind: 'Event', namespace }, { fieldSelector: 'type=Warning' }),
    ),
  );
  const events = pages.flatMap(page => (page.ok ? page.value.items : [])) as (KubeObject & EventBody)[];
  const times = events
    // Events that mayday wrote itself do not count as detection.
    .filter(event => event.type === 'Warning' && event.reportingComponent !== OUR_COMPONENT && isAbout(event, names))
    .flatMap(event => timeOf(event, since) ?? []);
  return times.length > 0 ? Math.min(...times) : undefined;
}
