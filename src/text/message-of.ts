/** The code of Node.js for an import whose file does not exist. */
const MODULE_NOT_FOUND = 'ERR_MODULE_NOT_FOUND';

const isMissingModule = (thrown: unknown): boolean =>
  thrown instanceof Error && 'code' in thrown && thrown.code === MODULE_NOT_FOUND;

/** The message of a thrown value; not sanitised. For a part of mayday that cannot be loaded, it says what to do. */
export function messageOf(thrown: unknown): string {
  if (isMissingModule(thrown))
    return 'quit and start mayday again: its files were replaced while it ran (an update?), so this part cannot be loaded';
  return thrown instanceof Error ? thrown.message : String(thrown);
}

/** The message for an error that no code handles. */
export const unexpectedErrorText = (thrown: unknown): string =>
  isMissingModule(thrown)
    ? messageOf(thrown)
    : `internal error: ${messageOf(thrown)}; this is a fault of mayday itself`;
