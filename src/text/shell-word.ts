/** Words that need no quotes in POSIX shells and zsh. Some shells expand `=` and `~` at the start of a word. */
const PLAIN = /^[A-Za-z0-9_@%+:,./-][A-Za-z0-9_@%+=:,./-]*$/;

/**
 * One word for a POSIX shell, quoted if it contains special characters: for commands that are shown to be copied. Names of
 * some kinds, images and paths may hold any character, and others may have chosen them. It must be sanitised already.
 */
export function shellWord(word: string): string {
  return PLAIN.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
