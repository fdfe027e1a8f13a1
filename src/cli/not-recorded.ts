import type { Reverted } from '../engine/recorded-revert.ts';

/** Lines for what a revert had to do without: a place for its receipts, or the journals of this machine. One line where both have the same reason. */
export function notRecordedLines({ unkept, distrusted: disbelieved }: Reverted): string[] {
  const isSaid = disbelieved === undefined || unkept?.includes(disbelieved) === true;
  return [
    ...(isSaid ? [] : [`journals of this machine are not trusted: ${disbelieved}`]),
    ...(unkept === undefined ? [] : [unkept]),
  ];
}
