import { parsedJson } from '../../text/json.ts';
import { messageOf } from '../../text/message-of.ts';
import { sanitise } from '../../text/sanitise.ts';
import type { GameDay } from '../plan/document.ts';
import type { ProbeWorld } from '../probes/probe.ts';
import { ALERT_SOURCES, type Alert, type AlertSource, alertOf, matches } from './alert.ts';

export type AlertRules = NonNullable<GameDay['spec']['alerts']>;

/** The alerts that one source reports as firing now; `why` says why it could not be asked. */
export type Answer = { source: AlertSource } & ({ ok: true; firing: Alert[] } | { ok: false; why: string });

/** The path at which each source lists what fires now. Silenced and inhibited alerts are left out: they notify nobody, so they detect nothing. */
const PATHS: Readonly<Record<AlertSource, string>> = {
  prometheus: `/api/v1/query?${new URLSearchParams({ query: 'ALERTS{alertstate="firing"}' })}`,
  alertmanager: '/api/v2/alerts?active=true&silenced=false&inhibited=false&unprocessed=false',
};

/** Asks every source of the plan once. Never rejects; a source that cannot be read gives `ok: false`, never an empty list. */
export function askAlerts(
  world: Pick<ProbeWorld, 'fetch'>,
  rules: AlertRules,
  signal?: AbortSignal,
): Promise<Answer[]> {
  const sources = ALERT_SOURCES.filter(source => rules[source] !== undefined);
  return Promise.all(
    sources.map(async (source): Promise<Answer> => {
      const labels = await labelsFrom(world, source, rules, signal).catch(messageOf);
      if (typeof labels === 'string') return { source, ok: false, why: sanitise(labels, 200) };
      const alerts = labels.flatMap(each => alertOf(source, each) ?? []);
      return { source, ok: true, firing: alerts.filter(alert => matches(alert, rules.match)) };
    }),
  );
}

/** The labels of each firing alert, or a text that says why they are not known. */
async function labelsFrom(
  world: Pick<ProbeWorld, 'fetch'>,
  source: AlertSource,
  rules: AlertRules,
  signal: AbortSignal | undefined,
): Promise<unknown[] | string> {
  const url = `${(rules[source] ?? '').replace(/\/+$/, '')}${PATHS[source]}`;
  const answer = await world.fetch(url, {
    timeoutMs: rules.timeout,
    config: rules.http_config,
    ...(signal === undefined ? {} : { signal }),
  });
  if (!answer.ok) return answer.why;
  if (answer.status !== 200) return `answered ${answer.status}`;
  const found = READERS[source](parsedJson(answer.body));
  return found ?? `expected an answer of ${NAMES[source]}, found something else`;
}

const NAMES: Readonly<Record<AlertSource, string>> = { prometheus: 'Prometheus', alertmanager: 'Alertmanager' };

const READERS: Readonly<Record<AlertSource, (body: unknown) => unknown[] | undefined>> = {
  prometheus(body) {
    const { status, data } = (body ?? {}) as { status?: unknown; data?: { resultType?: unknown; result?: unknown } };
    const isVector = status === 'success' && data?.resultType === 'vector' && Array.isArray(data.result);
    return isVector ? (data.result as { metric?: unknown }[]).map(one => one?.metric) : undefined;
  },
  alertmanager(body) {
    if (!Array.isArray(body)) return undefined;
    const active = body.filter(one => (one?.status?.state ?? 'active') === 'active');
    return active.map(one => one?.labels);
  },
};
