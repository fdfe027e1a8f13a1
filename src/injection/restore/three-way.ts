import type { Restore } from '../../faults/contract.ts';
import type { Clean } from '../../text/sanitise.ts';
import { sideBySide } from '../../text/side-by-side.ts';
import type { Write } from '../write/write.ts';

/** The current value, compared with the original and the injected one. The texts may be shown on the screen. */
export interface Comparison {
  /** The value, such as `label app of Service shop/web`. */
  what: string;
  /** Describes the restore; by default `restore <what>`. */
  says?: string;
  /** Describes that the original is there; by default `<what> already has its original value`. */
  saysOriginal?: string;
  isOriginal: boolean;
  isInjected: boolean;
  original: string;
  /** Undefined if the undo record does not hold it. */
  injected: string | undefined;
  live: string;
  /** The object was created or applied from a saved YAML that holds the undo record, so nothing shows who wrote the value. */
  isSent?: boolean;
  /** Restores the value and removes the undo record. */
  put: Write;
  /** Only removes the undo record. */
  strip: Write;
}

/**
 * Still injected: restore. Already the original: only remove the marks. A third value: somebody has changed it since,
 * and a person decides.
 */
export function threeWay(of: Comparison): Restore {
  if (of.isOriginal) {
    const says = of.saysOriginal ?? `${of.what} already has its original value`;
    return { is: 'already-restored', writes: [of.strip], says };
  }
  // Long values are cut so that the part where they differ is shown.
  const [original, live] = sideBySide([of.original, of.live]) as [Clean, Clean];
  const shown = { original, live };
  if (of.isInjected) {
    const says = `${of.says ?? `restore ${of.what}`}${of.isSent ? takenForInjected(live) : ''}`;
    return { is: 'restore', writes: [of.put], says, shown };
  }
  return {
    is: 'diverged',
    writes: [of.put],
    ...shown,
    injected: of.injected === undefined ? '(not recorded)' : (sideBySide([of.injected, of.live])[0] as Clean),
    says: neitherValue(of.what, of.injected !== undefined, of.isSent),
  };
}

/**
 * The note on an overwritten value that came from a saved YAML together with its undo record. Somebody may have edited the value there, so
 * the note repeats it.
 */
export const takenForInjected = (live: string): string =>
  ` (the object was created or applied from a YAML that holds the undo record; ${live} in it was taken for the injected value)`;

/** The message for a value that is not the original. If the undo record does not hold the injected value, it may still be the injected one. */
export function neitherValue(what: string, isInjectedKnown: boolean, isSent = false): string {
  if (isInjectedKnown) return `${what} is neither the original nor the injected value: somebody changed it since`;
  const why = isSent
    ? 'the object was created or applied from a YAML that holds the undo record, and its value may have been edited there'
    : 'somebody may have changed it since';
  return `${what} is not the original, and nothing shows that the injection wrote the current value: ${why}`;
}
