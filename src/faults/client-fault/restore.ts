import type { FoundInjection } from '../../injection/found-injection.ts';
import { isInjected, type MaydayFacts } from '../../injection/record/envelope.ts';
import { CREATED, ROLLBACK_DATA } from '../../injection/record/markers.ts';
import { corrupt, recordIn, restoreAndStrip, textsIn } from '../../injection/record/record.ts';
import { threeWay } from '../../injection/restore/three-way.ts';
import type { Write } from '../../injection/write/write.ts';
import { mapAt, mapOperations, type Operation, pointer, remove, test } from '../../k8s/json-patch.ts';
import type { KubeObject } from '../../k8s/object.ts';
import { nameOf, refOf } from '../../k8s/object-ref.ts';
import { own } from '../../text/own.ts';
import { type Clean, sanitise } from '../../text/sanitise.ts';
import { sideBySide } from '../../text/side-by-side.ts';
import type { Restore } from '../contract.ts';

/** The key of the ConfigMap that holds the faults. */
export const CONFIG_KEY = 'config';

/**
 * Deletes a ConfigMap that was created for the faults; in one that existed before, restores the one key and leaves the
 * others alone.
 */
export function restoreFaults(found: FoundInjection): Restore {
  const victim = found.live;
  if (victim.kind !== 'ConfigMap') return corrupt(victim, 'the undo record is for a ConfigMap');
  const envelope = recordIn(victim, 'ClientFault');
  if (typeof envelope === 'string') return corrupt(victim, envelope);
  // The framework writes null for a ConfigMap without data.
  const former = envelope.data === null ? {} : textsIn(envelope.data);
  if (former === undefined) return corrupt(victim, 'the undo record is not one of ClientFault');
  const isCreated = former[CREATED] === 'true' && Object.keys(former).length === 1;
  return isCreated ? deletion(victim, envelope.mayday) : restoreKey(victim, former, envelope.mayday);
}

/** The injection created this ConfigMap, so it is deleted, unless somebody has put something else into it since. */
function deletion(victim: KubeObject, mayday: MaydayFacts | undefined): Restore {
  const name = nameOf(refOf(victim));
  const { uid, resourceVersion } = victim.metadata;
  const write: Write = {
    verb: 'delete',
    on: refOf(victim),
    precondition: {
      ...(uid === undefined ? {} : { uid }),
      ...(resourceVersion === undefined ? {} : { resourceVersion }),
    },
    says: `delete ${name}`,
  };
  const own = Object.keys({ ...mapAt(victim, ['data']), ...mapAt(victim, ['binaryData']) });
  const others = own.filter(key => key !== CONFIG_KEY);
  const config = mapAt(victim, ['data'])?.[CONFIG_KEY];
  const isOurs = config === undefined || isAsInjected(config, mayday);
  if (others.length === 0 && isOurs)
    return { is: 'restore', writes: [write], says: `delete ${name}, which the injection created` };
  return {
    is: 'diverged',
    writes: [write],
    original: '(no ConfigMap)',
    injected: isOurs ? CONFIG_KEY : sanitise(mayday?.injected ?? '(not recorded)', 400),
    live: isOurs ? sanitise(own.join(', '), 300) : sanitise(config, 400),
    says: isOurs
      ? `the injection created ${name}, but somebody has added ${sanitise(others.join(', '), 200)} since: forcing deletes these too`
      : `the injection created ${name}, but somebody has written something else into ${CONFIG_KEY} since: forcing deletes that too`,
  };
}

function restoreKey(victim: KubeObject, former: { [key: string]: string }, mayday: MaydayFacts | undefined): Restore {
  const name = nameOf(refOf(victim));
  const data = mapAt(victim, ['data']) ?? {};
  const current = data[CONFIG_KEY];
  const original = former[CONFIG_KEY];
  const back = (value: Operation[]): Write =>
    restoreAndStrip(victim, {
      type: 'ClientFault',
      records: [ROLLBACK_DATA],
      mayday,
      value,
      what: CONFIG_KEY,
      atVersion: current === undefined,
    });
  const put = back(current === original ? [] : configOperations(victim, current, original));
  if (isActive(original)) {
    const [was, now] = sideBySide([original ?? '', current ?? '(absent)']) as [Clean, Clean];
    return {
      is: 'diverged',
      writes: [put],
      original: was,
      injected: sanitise(mayday?.injected ?? '(not recorded)', 400),
      live: now,
      says: `${name}: the recorded original is a set of active faults too: a second injection has probably overwritten the record`,
    };
  }
  return threeWay({
    what: `${CONFIG_KEY} of ${name}${otherChanges(data, former)}`,
    isOriginal: current === original,
    isInjected: current !== undefined && isAsInjected(current, mayday),
    original: original ?? '(absent)',
    injected: mayday?.injected,
    live: current ?? '(absent)',
    put,
    strip: back([]),
  });
}

function configOperations(victim: KubeObject, current: string | undefined, original: string | undefined): Operation[] {
  const at = pointer('data', CONFIG_KEY);
  const guard = current === undefined ? [] : [test(at, current)];
  if (original !== undefined)
    return [...guard, ...mapOperations(victim, ['data'], { set: { [CONFIG_KEY]: original } })];
  return current === undefined ? [] : [...guard, remove(at)];
}

/** The injection changed no other key, so differences in other keys are changes by somebody else, and stay. */
function otherChanges(data: Record<string, string>, former: { [key: string]: string }): string {
  const keys = new Set([...Object.keys(data), ...Object.keys(former)]);
  keys.delete(CONFIG_KEY);
  const changed = [...keys].filter(key => own(data, key) !== own(former, key));
  return changed.length === 0 ? '' : ` (${sanitise(changed.join(', '), 120)} changed since; left as it is)`;
}

/** Whether the text is what the injection put in, as far as its record tells. */
const isAsInjected = (text: string, mayday: MaydayFacts | undefined): boolean =>
  mayday?.injected === undefined ? looksLikeFaults(text) : isInjected(text, mayday.injected);

const looksLikeFaults = (text: string | undefined): boolean => faultsIn(text) !== undefined;
/** Whether the text is a set of faults whose `active` is true. */
export const isActive = (text: string | undefined): boolean => faultsIn(text)?.active === true;

function faultsIn(text: string | undefined): { active: unknown } | undefined {
  try {
    const value: unknown = JSON.parse(text ?? '');
    return typeof value === 'object' && value !== null && 'active' in value && 'faults' in value ? value : undefined;
  } catch {
    return undefined;
  }
}
