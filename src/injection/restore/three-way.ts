import type { Restore } from '../../faults/contract.ts';
import type { Clean } from '../../text/sanitise.ts';
import { sideBySide } from '../../text/side-by-side.ts';
import type { Write } from '../write/write.ts';

/** The present value, compared with the original and the injected one. Texts are fit to be shown. */
export interface Comparison {
  /** `label app of Service shop/web`, as a sentence begins with it. */
  what: string;
  /** The restore in words; `put … back` unless told. */
  says?: string;
  /** What is said where the original is there; `… already is what it was` unless told. */
  saysOriginal?: string;
  isOriginal: boolean;
  isInjected: boolean;
  original: string;
  /** Undefined where the record does not hold it. */
  injected: string | undefined;
  live: string;
  /** The record came with the object, as a saved YAML that was created or applied again, so that nothing shows who wrote the value. */
  isSent?: boolean;
  /** Puts the value back and takes the record out. */
  put: Write;
  /** Takes the record out alone. */
  strip: Write;
}

/**
 * Still injected: restore. Already the original: only remove the marks. A third value: somebody has changed it since,
 * and a person decides.
 */
export function threeWay(of: Comparison): Restore {
  if (of.isOriginal) {
    const says = of.saysOriginal ?? `${of.what} already is what it was`;
    return { is: 'already-restored', writes: [of.strip], says };
  }
  // Of values that are longer than a line, where they differ decides.
  const [original, live] = sideBySide([of.original, of.live]) as [Clean, Clean];
  const shown = { original, live };
  if (of.isInjected) {
    const says = `${of.says ?? `put ${of.what} back`}${of.isSent ? takenForInjected(live) : ''}`;
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
 * Said of a value that is overwritten although only a saved YAML, from which the object came with its undo record, tells of it: if somebody
 * edited it there, this line still has it.
 */
export const takenForInjected = (live: string): string =>
  ` (the object was created or applied from a YAML that holds the undo record; ${live} in it was taken for the injected value)`;

/** Says that a third value stands there. A record that does not hold the injected value leaves open whether it is one. */
export function neitherValue(what: string, isInjectedKnown: boolean, isSent = false): string {
  if (isInjectedKnown) return `${what} is neither the original nor the injected value: somebody changed it since`;
  const why = isSent
    ? 'the object was created or applied from a YAML that holds the undo record, and its value may have been edited there'
    : 'somebody may have changed it since';
  return `${what} is not the original, and nothing shows that the injection wrote what stands there: ${why}`;
}
