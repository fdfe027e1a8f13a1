import { matchesPattern } from '../../text/pattern.ts';
import { sanitise } from '../../text/sanitise.ts';

/** One alert that fires, as its source names it; sanitised. */
export interface Alert {
  source: AlertSource;
  name: string;
  labels: Readonly<Record<string, string>>;
}

export const ALERT_SOURCES = ['prometheus', 'alertmanager'] as const;
export type AlertSource = (typeof ALERT_SOURCES)[number];

/** Labels by their names; `*` in a value stands for anything. */
export type Matchers = Readonly<Record<string, string>>;

/** What Prometheus adds to the labels of the alert itself. */
const ADDED = new Set(['__name__', 'alertname', 'alertstate']);
const MOST_LABELS = 30;

/** An alert from the labels of an answer; undefined where they name no alert. */
export function alertOf(source: AlertSource, labels: unknown): Alert | undefined {
  if (labels === null || typeof labels !== 'object') return undefined;
  const texts = Object.entries(labels).filter((pair): pair is [string, string] => typeof pair[1] === 'string');
  const name = texts.find(([label]) => label === 'alertname')?.[1];
  if (name === undefined) return undefined;
  const own = texts.filter(([label]) => !ADDED.has(label)).toSorted(([a], [b]) => (a < b ? -1 : 1));
  const kept = own.slice(0, MOST_LABELS).map(([label, value]) => [sanitise(label, 60), sanitise(value, 200)]);
  return { source, name: sanitise(name, 120), labels: Object.fromEntries(kept) };
}

/** Whether an alert has all of these labels; the name counts as the label `alertname`. */
export const matches = ({ name, labels }: Alert, matchers: Matchers): boolean =>
  Object.entries({ ...matchers }).every(([label, pattern]) => {
    const value = label === 'alertname' ? name : labels[label];
    return value !== undefined && matchesPattern(value, pattern);
  });

/** Whether an alert is about something outside the scope: its labels name none of these namespaces. */
export const isOutside = ({ labels }: Alert, namespaces: readonly string[]): boolean =>
  labels.namespace === undefined || !namespaces.includes(labels.namespace);

/** A key that identifies an alert: its source and all its labels. */
export const keyOf = ({ source, name, labels }: Alert): string => JSON.stringify([source, name, labels]);

/** An alert as text: `HighErrorRate {severity=critical}`. */
export function alertText({ name, labels }: Pick<Alert, 'name' | 'labels'>): string {
  const each = Object.entries(labels).map(([label, value]) => `${label}=${value}`);
  return sanitise(`${name}${each.length === 0 ? '' : ` {${each.join(', ')}}`}`, 300);
}
