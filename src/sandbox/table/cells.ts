import { each, part } from '../defaults/fill.ts';
import { isRecord, type KubeObject } from '../object.ts';

/** A length of time as tables write it: `5s`, `3m12s`, `2h5m`, `3d4h`, `45d`, `2y10d`. Milliseconds in. */
export function shortDuration(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  if (seconds < -1) return '<invalid>';
  if (seconds < 0) return '0s';
  if (seconds < 120) return `${seconds}s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 10) return seconds % 60 === 0 ? `${minutes}m` : `${minutes}m${seconds % 60}s`;
  if (minutes < 180) return `${minutes}m`;
  return longDuration(minutes);
}

function longDuration(minutes: number): string {
  const hours = Math.floor(minutes / 60);
  if (hours < 8) return minutes % 60 === 0 ? `${hours}h` : `${hours}h${minutes % 60}m`;
  if (hours < 48) return `${hours}h`;
  const days = Math.floor(hours / 24);
  if (hours < 192) return hours % 24 === 0 ? `${days}d` : `${days}d${hours % 24}h`;
  if (days < 730) return `${days}d`;
  const years = Math.floor(days / 365);
  if (days < 2920) return days % 365 === 0 ? `${years}y` : `${years}y${days % 365}d`;
  return `${years}y`;
}

export const NONE = '<none>';
const UNKNOWN = '<unknown>';

/** How long ago a time was. */
export function age(time: unknown, now: number): string {
  return typeof time === 'string' && time !== '' ? shortDuration(now - Date.parse(time)) : UNKNOWN;
}

export const created = (object: KubeObject, now: number): string => age(object.metadata.creationTimestamp, now);

export const text = (value: unknown, otherwise = NONE): string =>
  value === undefined || value === null || value === '' ? otherwise : String(value);

export const number = (value: unknown): number => (typeof value === 'number' ? value : 0);

export const spec = (object: KubeObject) => part(object, 'spec') ?? {};
export const status = (object: KubeObject) => part(object, 'status') ?? {};

export const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);

/** `a,b,c`, or `<none>`. */
export const joined = (values: readonly unknown[]): string => (values.length > 0 ? values.join(',') : NONE);

/** The first values, and how many more there are. */
export function firstFew(values: readonly string[], most: number): string {
  return values.length <= most
    ? joined(values)
    : `${values.slice(0, most).join(',')} + ${values.length - most} more...`;
}

/** A selector as `kubectl` writes it. */
export function selectorText(selector: unknown): string {
  if (!isRecord(selector)) return NONE;
  const labels = part(selector, 'matchLabels') ?? (selector.matchExpressions ? {} : selector);
  const pairs = Object.entries(labels)
    .filter(([, v]) => typeof v === 'string')
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([k, v]) => `${k}=${v}`);
  const expressions = each(selector, 'matchExpressions').map(expressionText);
  return joined([...pairs, ...expressions]);
}

function expressionText(e: Record<string, unknown>): string {
  const values = `(${list(e.values).join(',')})`;
  if (e.operator === 'In') return `${e.key} in ${values}`;
  if (e.operator === 'NotIn') return `${e.key} notin ${values}`;
  return e.operator === 'Exists' ? String(e.key) : `!${e.key}`;
}

/** Names and images of a pod template's containers. */
export function containerCells(podSpec: unknown): [string, string] {
  const containers = each(isRecord(podSpec) ? podSpec : undefined, 'containers');
  return [joined(containers.map(c => c.name)), joined(containers.map(c => text(c.image, '')))];
}

export const templateCells = (object: KubeObject) => containerCells(part(object, 'spec', 'template', 'spec'));
