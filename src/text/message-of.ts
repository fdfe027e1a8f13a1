/** What an import fails with when its file is gone. */
const GONE = 'ERR_MODULE_NOT_FOUND';

const isGone = (thrown: unknown): boolean => thrown instanceof Error && 'code' in thrown && thrown.code === GONE;

/** The message of a thrown value; not sanitised. A part of mayday that cannot be loaded is told as what a person can do about it. */
export function messageOf(thrown: unknown): string {
  if (isGone(thrown))
    return 'quit and start mayday again: its files were replaced while it ran (an update?), so this part cannot be loaded';
  return thrown instanceof Error ? thrown.message : String(thrown);
}

/** The words for an error that nothing expected. */
export const unexpectedWords = (thrown: unknown): string =>
  isGone(thrown) ? messageOf(thrown) : `internal error: ${messageOf(thrown)}; this is a fault of mayday itself`;
