import type { Reverted } from '../engine/recorded-revert.ts';

/** Lines for what a revert had to do without: a place for its receipts, or the journals of this machine. One line where both have the same reason. */
export function notRecordedLines({ unkept, distrusted }: Reverted): string[] {
  const isInReceipts = distrusted === undefined || unkept?.includes(distrusted) === true;
  return [
    ...(isInReceipts ? [] : [`journals of this machine are not trusted: ${distrusted}`]),
    ...(unkept === undefined ? [] : [unkept]),
  ];
}
