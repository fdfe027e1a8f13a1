import { sanitise } from '../../text/sanitise.ts';

/** Pasted text as it goes into a field: one line without what cannot be seen. Line breaks at its ends are dropped. */
export const fieldText = (pasted: string): string =>
  sanitise(pasted.replaceAll(/^[\r\n\t]+|[\r\n\t]+$/g, '').replaceAll(/[\r\n\t]+/g, ' '));
