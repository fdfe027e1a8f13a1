import { type Fields, fields, list, text, time } from '../../k8s/fields.ts';
import type { KubeObject, ManagedField } from '../../k8s/object.ts';
import { refOf } from '../../k8s/object-ref.ts';
import { counted } from '../../text/counted.ts';
import { age } from '../../text/duration.ts';
import type { State } from '../../text/glyphs.ts';
import { sanitise } from '../../text/sanitise.ts';
import type { InspectionRow } from './inspection.ts';

/** The time between `value` and `now` as a short age; empty when `value` is not a time. */
function ago(value: unknown, now: number): string {
  const at = time(value);
  return at === undefined ? '' : age(Math.max(0, now - at));
}

/** Condition types that are good when False. All others are good when True. */
const GOOD_WHEN_FALSE = /(Pressure|Unavailable|Terminating|Failure|Failed|Degraded|Stalled|Problem|Blocked|Remaining)$/;

function stateOf({ type, status }: Fields): State {
  if (status === 'Unknown') return 'stale';
  const isGood = GOOD_WHEN_FALSE.test(text(type)) ? status === 'False' : status === 'True';
  return isGood ? 'ok' : 'warn';
}

/** `Ready False  ContainersNotReady: …  since 4m`. */
export function conditionRows(object: KubeObject, now: number): InspectionRow[] {
  return list(fields(object.status).conditions).map(condition => {
    const why = [text(condition.reason), text(condition.message)].filter(Boolean).join(': ');
    const since = ago(condition.lastTransitionTime, now);
    return {
      state: stateOf(condition),
      text: sanitise(
        [`${text(condition.type)} ${text(condition.status)}`, why, since && `since ${since}`]
          .filter(Boolean)
          .join('  '),
        600,
      ),
    };
  });
}

/** The containers of a pod: state, number of restarts, and how the last run ended. */
export function containerRows(object: KubeObject, now: number): InspectionRow[] {
  const status = fields(object.status);
  return ['initContainerStatuses', 'containerStatuses', 'ephemeralContainerStatuses'].flatMap(field =>
    list(status[field]).map(one => {
      const isInit = field === 'initContainerStatuses';
      const done = text(fields(fields(one.state).terminated).exitCode) === '0';
      return {
        state: one.ready === true || (isInit && done) ? ('ok' as const) : ('warn' as const),
        text: sanitise(`${isInit ? 'init ' : ''}${text(one.name)}  ${containerText(one, now)}`, 600),
      };
    }),
  );
}

function containerText(status: Fields, now: number): string {
  const { waiting, running, terminated } = fields(status.state);
  const last = fields(fields(status.lastState).terminated);
  const doing =
    running !== undefined
      ? `running for ${ago(fields(running).startedAt, now)}${status.ready === true ? '' : ', not ready'}`
      : waiting !== undefined
        ? `waiting: ${[text(fields(waiting).reason), text(fields(waiting).message)].filter(Boolean).join(': ')}`
        : terminated !== undefined
          ? endText(fields(terminated), now)
          : 'no state yet';
  const restarts = Number(status.restartCount ?? 0);
  const before = restarts === 0 ? '' : `  ${counted(restarts, 'restart')}`;
  return `${doing}${before}${Object.keys(last).length === 0 ? '' : `, last ${endText(last, now)}`}`;
}

const endText = (end: Fields, now: number): string =>
  `ended ${text(end.reason)} with ${end.signal === undefined ? `exit code ${text(end.exitCode)}` : `signal ${text(end.signal)}`} ${ago(end.finishedAt, now)} ago`;

/** Events about an object, the newest first. */
export function eventRows(events: readonly KubeObject[], now: number): InspectionRow[] {
  const dated = events.map(event => {
    const series = fields(event.series);
    const at = Date.parse(
      text(series.lastObservedTime ?? event.lastTimestamp ?? event.eventTime ?? event.metadata.creationTimestamp),
    );
    const count = Number(series.count ?? event.count ?? 1);
    return { event, at: Number.isFinite(at) ? at : 0, count: Number.isFinite(count) ? count : 1 };
  });
  return dated
    .sort((a, b) => b.at - a.at)
    .map(({ event, at, count }) => ({
      state: event.type === 'Warning' ? ('warn' as const) : ('ok' as const),
      text: sanitise(
        `${at === 0 ? '' : `${age(Math.max(0, now - at))}  `}${count > 1 ? `${count} times  ` : ''}${text(event.reason)}: ${text(event.message ?? event.note)}`,
        1_000,
      ),
    }));
}

/** Owners, nearest first, each indented one step further. */
export const ownerRows = (owners: readonly KubeObject[]): InspectionRow[] =>
  owners.map((owner, depth) => ({ text: objectText(owner), depth, object: refOf(owner) }));

/** What belongs to the object. */
export const dependentRows = (dependents: readonly KubeObject[]): InspectionRow[] =>
  dependents.map(one => ({ text: objectText(one), object: refOf(one) }));

function objectText({ kind, metadata, status }: KubeObject) {
  const phase = text(fields(status).phase);
  const dying = metadata.deletionTimestamp === undefined ? '' : '  Terminating';
  return sanitise(
    `${kind} ${metadata.namespace === undefined ? '' : `${metadata.namespace}/`}${metadata.name}${phase && `  ${phase}`}${dying}`,
  );
}

/** Who wrote which fields last, the newest writer first; the fields by their paths, as many as fit in one row. */
export function writerRows(object: KubeObject, now: number): InspectionRow[] {
  const entries = [...(object.metadata.managedFields ?? [])].sort((a, b) => timeOf(b) - timeOf(a));
  return entries.map(entry => {
    const { manager = 'unknown', operation = '', subresource, time } = entry;
    const paths = pathsOf(entry.fieldsV1);
    const how = subresource === undefined ? operation : `${operation} ${subresource}`;
    const when = ago(time, now);
    return { text: sanitise(`${manager}  ${how}${when && `  ${when} ago`}  ${paths.join(', ')}`, 800) };
  });
}

const timeOf = ({ time }: ManagedField): number => (time === undefined ? 0 : Date.parse(time) || 0);
const MOST_PATHS = 24;
const DEPTH = 4;

/** `spec.replicas`, `spec.template.spec.containers[web].image`, from the notation of managedFields; no deeper than four steps. */
export function pathsOf(owned: unknown, before = '', depth = 0): string[] {
  const children = Object.entries(fields(owned)).filter(([key]) => key !== '.');
  if (children.length === 0 || depth >= DEPTH) return before === '' ? [] : [before];
  const all = children.flatMap(([key, value]) => pathsOf(value, joined(before, key), depth + 1));
  return all.length > MOST_PATHS ? [...all.slice(0, MOST_PATHS), `and ${all.length - MOST_PATHS} more`] : all;
}

function joined(before: string, key: string): string {
  if (key.startsWith('f:')) return before === '' ? key.slice(2) : `${before}.${key.slice(2)}`;
  const name = /"(?:name|type|key|uid)":"([^"]*)"/.exec(key)?.[1];
  return `${before}[${name ?? key.slice(2)}]`;
}
