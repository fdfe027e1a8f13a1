import type { Reverted } from '../engine/engine.ts';

/** What a revert did without: a place for its receipts, or the journals of this machine. One line where one reason is behind both. */
export function notRecordedLines({ unkept, disbelieved }: Reverted): string[] {
  const isSaid = disbelieved === undefined || unkept?.includes(disbelieved) === true;
  return [
    ...(isSaid ? [] : [`journals of this machine are not believed: ${disbelieved}`]),
    ...(unkept === undefined ? [] : [unkept]),
  ];
}
