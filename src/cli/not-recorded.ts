import type { Reverted } from '../engine/recorded-revert.ts';

/** Lines that say that receipts could not be stored, or that the journals of this machine are not trusted. One line where both have the same reason. */
export function notRecordedLines({ unkept, distrusted }: Reverted): string[] {
  const isInReceipts = distrusted === undefined || unkept?.includes(distrusted) === true;
  return [
    ...(isInReceipts ? [] : [`journals of this machine are not trusted: ${distrusted}`]),
    ...(unkept === undefined ? [] : [unkept]),
  ];
}
