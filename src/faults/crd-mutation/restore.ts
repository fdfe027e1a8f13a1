import type { FoundInjection } from '../../injection/found-injection.ts';
import { isInjected, type MaydayFacts } from '../../injection/record/envelope.ts';
import { mayBeRounded, onTheWire, parseExact } from '../../injection/record/exact-json.ts';
import type { GoValue } from '../../injection/record/go-json.ts';
import { MANAGED_BY, ROLLBACK_DATA } from '../../injection/record/markers.ts';
import { contains, type Member, memberAt, nested } from '../../injection/record/member.ts';
import { fold, members } from '../../injection/record/raw-members.ts';
import { corrupt, recordIn, restoreAndStrip } from '../../injection/record/record.ts';
import { shownAt } from '../../injection/record/secret-text.ts';
import { threeWay } from '../../injection/restore/three-way.ts';
import { isSentWithObject, isUntouched, writersOf } from '../../k8s/field-writers.ts';
import { mapAt, type Operation, pointer, remove, set, test } from '../../k8s/json-patch.ts';
import type { Json, KubeObject } from '../../k8s/object.ts';
import { groupOf, nameOf, refOf } from '../../k8s/object-ref.ts';
import { sameQuantity } from '../../k8s/quantity.ts';
import { sanitise } from '../../text/sanitise.ts';
import type { Restore } from '../contract.ts';
import { asText, isMap, isMetadataMap, mapChanges, mapWithoutMarks } from './path.ts';

interface MutationRecord {
  steps: string[];
  /** Undefined if the member did not exist. */
  original: GoValue | undefined;
  mayday: MaydayFacts | undefined;
}

const RECORD = ['f:metadata', 'f:annotations', `f:${ROLLBACK_DATA}`];
const FIXED = ['apiVersion', 'kind'];

function recordOf(victim: KubeObject): MutationRecord | string {
  const envelope = recordIn(victim, 'CRDMutation');
  if (typeof envelope === 'string') return envelope;
  const found = members(envelope.raw);
  if (typeof found === 'string' || typeof envelope.data !== 'object')
    return 'the undo record is not one of CRDMutation';
  const { path, field, kind, apiVersion } = envelope.data as Record<string, unknown>;
  const where = typeof path === 'string' ? path : typeof field === 'string' ? `spec.${field}` : undefined;
  // The raw text, because JSON.parse rounds numbers beyond 2^53.
  const raw = found.findLast(member => fold(member.name) === fold('originalValue'))?.raw;
  if (where === undefined || raw === undefined) return 'the undo record is not one of CRDMutation';
  const steps = where.split('.');
  if (steps.some(step => step === '') || FIXED.includes(steps[0] ?? ''))
    return `the undo record names the path "${sanitise(where, 80)}"`;
  if (kind !== victim.kind || groupOf(String(apiVersion)) !== groupOf(victim.apiVersion))
    return recordForAnother(victim, { kind, apiVersion, where, original: asText(parseExact(raw)) });
  const { mayday } = envelope;
  const value = parseExact(raw);
  // A null alone does not say whether the member was missing. mayday's records say it. In records of others null means
  // missing, because the server keeps a null only in nullable members.
  const wasAbsent = value === null && (mayday === undefined || mayday.absent !== undefined);
  return { steps, original: wasAbsent ? undefined : value, mayday };
}

/**
 * A record of the same kind in another API group may be about this object as seen through that group, so its original is
 * shown. A record of another kind is about another object and may hold a secret, so its original is not shown.
 */
function recordForAnother(
  victim: KubeObject,
  { kind, apiVersion, where, original }: { kind: unknown; apiVersion: unknown; where: string; original: string },
): string {
  const its = sanitise(`${String(kind)} of ${String(apiVersion)}`, 80);
  const refusal = `the undo record is for a ${its}, not for a ${victim.kind} of ${victim.apiVersion}`;
  if (kind !== victim.kind) return refusal;
  return `${refusal}; it says of ${sanitise(where, 120)}: original ${sanitise(shownAt(victim, where, original), 200)}`;
}

/**
 * Restores one member in one request: sets exactly the original, or removes it together with the parents that were
 * created with it.
 */
export function restoreMutation(found: FoundInjection): Restore {
  const victim = found.live;
  const record = recordOf(victim);
  if (typeof record === 'string') return corrupt(victim, record);
  const { steps, original, mayday } = record;
  const path = sanitise(steps.join('.'), 120);
  const member = isMetadataMap(steps) ? mapWithoutMarks(victim, steps) : memberAt(victim, steps);
  if (member.state === 'blocked')
    return corrupt(
      victim,
      `${sanitise(steps.slice(0, member.from).join('.'), 120)} is no longer a map, so ${path} cannot be restored`,
    );
  const current = member.state === 'present' ? member.value : undefined;
  const back = (value: Operation[]) =>
    restoreAndStrip(victim, {
      type: 'CRDMutation',
      records: [ROLLBACK_DATA],
      mayday: withRecordedManager(record),
      value,
      what: path,
      atVersion: !isTestable(current),
    });
  const shown = (text: string) => shownAt(victim, steps.join('.'), text);
  return threeWay({
    what: `${path} of ${nameOf(refOf(victim))}`,
    isOriginal: isRestored(victim, record, member) || wasIgnored(victim, steps),
    isInjected: stillInjected(victim, record, current),
    isSent: mayday?.injected === undefined && isSentWithObject(victim, RECORD),
    original: shown(asText(original)),
    injected: mayday?.injected === undefined ? undefined : shown(mayday.injected),
    live: shown(asText(current)),
    put: back(valueOperations(victim, record, member)),
    // Numbers beyond 2^53 cannot be compared, so the original is written again, which is harmless if it is already there.
    strip: back(original !== undefined && mayBeRounded(original) ? [set(pointer(...steps), onTheWire(original))] : []),
  });
}

function isRestored(victim: KubeObject, record: MutationRecord, member: Member): boolean {
  const current = member.state === 'present' ? member.value : undefined;
  if (isMetadataMap(record.steps)) return asText(current ?? {}) === asText(entriesToRestore(victim, record));
  return asText(current) === asText(record.original) && createdParent(victim, record, member) === undefined;
}

/** The server ignores a status that is written with an object of a kind with a status subresource: such an injection changed nothing. */
function wasIgnored(victim: KubeObject, steps: readonly string[]): boolean {
  if (steps[0] !== 'status') return false;
  const injectors = writersOf(victim, RECORD);
  return !writersOf(victim, fieldPath(steps)).some(writer => injectors.includes(writer));
}

const fieldPath = (steps: readonly string[]) => steps.map(step => `f:${step}`);

/** An injection into `metadata.labels` as a whole records the former managed-by label among the originals. */
function withRecordedManager({ steps, original, mayday }: MutationRecord): MaydayFacts | undefined {
  const labels = steps.join('.') === 'metadata.labels' && isMap(original) ? original : {};
  const manager = labels[MANAGED_BY];
  return typeof manager === 'string' ? ({ ...mayday, managedBy: manager } as MaydayFacts) : mayday;
}

function stillInjected(
  victim: KubeObject,
  { steps, original, mayday }: MutationRecord,
  current: GoValue | undefined,
): boolean {
  // The member is gone, as it was originally; at most an empty parent that was created with it is left.
  if (current === undefined && original === undefined) return true;
  const injected = mayday?.injected;
  // managedFields do not say who removed a field. If it is missing, a restore overwrites nothing.
  if (injected === undefined) return current === undefined || isOfInjector(victim, steps);
  if (isInjected(asText(current), injected)) return true;
  return /^[{[]/.test(injected) && contains(current, JSON.parse(injected), sameQuantity);
}

const isTestable = (current: GoValue | undefined) => current !== undefined && !mayBeRounded(current);

function valueOperations(victim: KubeObject, record: MutationRecord, member: Member): Operation[] {
  const { steps, original } = record;
  if (isMetadataMap(steps)) {
    const entries = entriesToRestore(victim, record);
    return mapAt(victim, steps) === undefined ? [set(pointer(...steps), entries)] : mapChanges(victim, steps, entries);
  }
  const at = pointer(...steps);
  const guard = member.state === 'present' && isTestable(member.value) ? [test(at, member.value as Json)] : [];
  if (original === undefined) {
    const top = createdParent(victim, record, member);
    if (top === undefined) return member.state === 'present' ? [...guard, remove(at)] : [];
    const held = isTestable(top.value) ? [test(pointer(...top.steps), top.value as Json)] : [];
    return [...held, remove(pointer(...top.steps))];
  }
  if (member.state !== 'absent') return [...guard, set(at, onTheWire(original))];
  const rest = steps.slice(member.from + 1);
  return [set(pointer(...steps.slice(0, member.from + 1)), onTheWire(nested(rest, original)))];
}

/** The original entries together with those that others have added since: the map has several writers, so it is never replaced as a whole. */
function entriesToRestore(victim: KubeObject, { steps, original, mayday }: MutationRecord): Record<string, string> {
  const map = (isMap(original) ? original : {}) as Record<string, string>;
  const current = mapWithoutMarks(victim, steps);
  const injected = injectedEntries(mayday);
  const since = Object.entries(current.state === 'present' ? (current.value as Record<string, string>) : {}).filter(
    ([key, value]) => !Object.hasOwn(map, key) && !isOfInjection(victim, [...steps, key], value, injected),
  );
  return { ...map, ...Object.fromEntries(since) };
}

function injectedEntries(mayday: MaydayFacts | undefined): Record<string, unknown> | undefined {
  const text = mayday?.injected ?? '';
  return text.startsWith('{') ? (JSON.parse(text) as Record<string, unknown>) : undefined;
}

function isOfInjection(
  victim: KubeObject,
  steps: readonly string[],
  value: string,
  injected: Record<string, unknown> | undefined,
): boolean {
  if (injected !== undefined) return injected[steps.at(-1) ?? ''] === value;
  return isOfInjector(victim, steps);
}

const isOfInjector = (victim: KubeObject, steps: readonly string[]): boolean =>
  isUntouched(victim, fieldPath(steps), RECORD);

/**
 * The topmost parent that the injection created and that holds nothing but the injected member: it is removed too.
 * mayday's own records name it. For other records, managedFields show a parent that only the injector wrote.
 */
function createdParent(
  victim: KubeObject,
  { steps, original, mayday }: MutationRecord,
  member: Member,
): { steps: string[]; value: GoValue } | undefined {
  if (original !== undefined || steps[0] === 'metadata') return undefined;
  const deepest = member.state === 'absent' ? member.from : steps.length;
  let top: { steps: string[]; value: GoValue } | undefined;
  for (let length = deepest; length > 0; length -= 1) {
    const parent = steps.slice(0, length);
    const at = memberAt(victim, parent);
    if (at.state !== 'present') return top;
    const isOurs =
      length === steps.length || (holdsOnly(at.value, steps[length]) && createdByInjection(victim, parent, mayday));
    if (!isOurs) return top;
    if (length < steps.length) top = { steps: parent, value: at.value };
  }
  return top;
}

/** Whether the value is a map that is empty or holds only this key. */
function holdsOnly(value: GoValue, key: string | undefined): boolean {
  return isMap(value) && Object.keys(value).every(name => name === key);
}

function createdByInjection(victim: KubeObject, parent: readonly string[], mayday: MaydayFacts | undefined): boolean {
  if (mayday !== undefined) {
    const top = mayday.absent?.split('.');
    return top !== undefined && parent.length >= top.length;
  }
  const injectors = writersOf(victim, RECORD);
  const writers = writersOf(victim, fieldPath(parent));
  return writers.length > 0 && writers.every(writer => injectors.includes(writer));
}
