import type { Reverted } from '../engine/recorded-revert.ts';

/** Lines that say that receipts could not be stored, or that the journals of this machine are not trusted. One line where both have the same reason. */
export function notRecordedLines({ unkept, untrusted }: Reverted): string[] {
  const isInReceipts = untrusted === undefined || unkept?.includes(untrusted) === true;
  return [
    ...(isInReceipts ? [] : [`journals of this machine are not trusted: ${untrusted}`]),
    ...(unkept === undefined ? [] : [unkept]),
  ];
}
