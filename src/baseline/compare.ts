import type { ResourceNote } from '../injection/resources.ts';
import { lastWriter } from '../k8s/last-writer.ts';
import type { KubeObject, ObjectRef } from '../k8s/object.ts';
import { nameOf } from '../k8s/object-ref.ts';
import { sanitise } from '../text/sanitise.ts';
import { sideBySide } from '../text/side-by-side.ts';
import { type Baseline, keyOf, type TakenBaseline } from './baseline.ts';
import { fieldsOf } from './fields.ts';

/** One field that differs. `before` or `now` is absent where the field did or does not exist. */
interface ChangedField {
  field: string;
  before?: string;
  now?: string;
  /** Who wrote it last according to managedFields; absent where they do not say. */
  by?: string;
}

/** One object that differs. */
interface Difference {
  object: ObjectRef;
  change: 'added' | 'removed' | 'changed';
  /** For an added object: who wrote it last. */
  by?: string;
  fields: ChangedField[];
  /** Whether it carries marks of an injection. */
  isMarked?: true;
}

export interface BaselineDiff {
  before: { id: string; at: number };
  at: number;
  differences: Difference[];
  /** Objects with the same content that were created again, so they have another uid. */
  madeAgain: ObjectRef[];
  /** Kinds that could not be read before or now, so nothing is known about them. */
  blind: ResourceNote[];
  compared: number;
}

const MARK = /chaos\.operatorchaos\.io/;

/** The differences between two baselines. Objects of a kind that could not be read on one side are left out. */
export function compareBaselines(before: Baseline, { baseline: now, live }: TakenBaseline): BaselineDiff {
  const old = new Map(before.objects.map(object => [keyOf(object.ref), object]));
  const fresh = new Map(now.objects.map(object => [keyOf(object.ref), object]));
  const blind = new Map([...before.blind, ...now.blind].map(one => [one.resource, one]));
  const differences: Difference[] = [];
  const madeAgain: ObjectRef[] = [];
  for (const [key, { ref, fields }] of fresh) {
    const was = old.get(key);
    const object = live.get(key);
    if (was === undefined) {
      if (!isBlindTo(before.blind, ref))
        differences.push({ ...about(ref, fields), change: 'added', fields: [], ...writer(object, []) });
      continue;
    }
    const changed = changedFields(was.fields, fields, object);
    if (changed.length > 0) differences.push({ ...about(ref, fields), change: 'changed', fields: changed });
    else if (was.ref.uid !== undefined && was.ref.uid !== ref.uid) madeAgain.push(ref);
  }
  for (const [key, { ref }] of old)
    if (!fresh.has(key) && !isBlindTo(now.blind, ref)) differences.push({ object: ref, change: 'removed', fields: [] });
  return {
    before: { id: before.id, at: before.at },
    at: now.at,
    differences: differences.toSorted((a, b) => (nameOf(a.object) < nameOf(b.object) ? -1 : 1)),
    madeAgain,
    blind: [...blind.values()],
    compared: fresh.size,
  };
}

const about = (object: ObjectRef, fields: Record<string, string>): Pick<Difference, 'object' | 'isMarked'> => ({
  object,
  ...(Object.keys(fields).some(field => MARK.test(field)) ? { isMarked: true } : {}),
});

/** Whether the kind of an object could not be listed: then its absence proves nothing. */
function isBlindTo(blind: readonly ResourceNote[], { apiVersion, kind }: ObjectRef): boolean {
  const group = apiVersion.includes('/') ? (apiVersion.split('/')[0] ?? '') : '';
  const plural = kind.toLowerCase();
  return blind.some(({ resource }) => {
    if (
      resource === '*' ||
      resource.startsWith(`*.${apiVersion}`) ||
      (group !== '' && resource.startsWith(`*.${group}`))
    )
      return true;
    const [name = '', ...of] = resource.split('.');
    return of.join('.') === group && name.startsWith(plural.replace(/y$/, ''));
  });
}

function changedFields(
  before: Record<string, string>,
  now: Record<string, string>,
  object: KubeObject | undefined,
): ChangedField[] {
  const paths = new Map((object === undefined ? [] : fieldsOf(object)).map(({ name, path }) => [name, path]));
  return [...new Set([...Object.keys(before), ...Object.keys(now)])]
    .filter(field => before[field] !== now[field])
    .toSorted()
    .map(field => {
      const path = paths.get(field);
      return {
        field,
        ...(before[field] === undefined ? {} : { before: before[field] }),
        ...(now[field] === undefined ? {} : { now: now[field] }),
        ...(path === undefined ? {} : writer(object, [path])),
      };
    });
}

function writer(object: KubeObject | undefined, paths: readonly (readonly string[])[]): { by?: string } {
  const by = object === undefined ? undefined : lastWriter(object, paths);
  return by === undefined ? {} : { by };
}

const SHORT = 60;

/** The differences, a line for each object and each field. */
export function differenceLines({ differences }: Pick<BaselineDiff, 'differences'>): string[] {
  return differences.flatMap(({ object, change, fields, by, isMarked }) => {
    const mark = isMarked ? '  CARRIES MARKS OF AN INJECTION' : '';
    const head = `${change.padEnd(7)}  ${nameOf(object)}${by === undefined ? '' : `  by ${by}`}${mark}`;
    return [head, ...fields.map(fieldLine)].map(line => sanitise(line, 1_000));
  });
}

function fieldLine({ field, before, now, by }: ChangedField): string {
  const [a = '', b = ''] = sideBySide([before ?? '(absent)', now ?? '(absent)'], SHORT);
  return `           ${field}: ${a} → ${b}${by === undefined ? '' : `  by ${by}`}`;
}

/** The differences in one line for each object, for the report of a game-day. */
export const leftLines = ({ differences }: Pick<BaselineDiff, 'differences'>): string[] =>
  differences.map(({ object, change, fields, isMarked }) =>
    sanitise(
      `${nameOf(object)} ${change}${fields.length === 0 ? '' : `: ${fields.map(({ field }) => field).join(', ')}`}${isMarked ? ' (carries marks of an injection)' : ''}`,
      500,
    ),
  );
