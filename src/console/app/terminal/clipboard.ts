/** The most that terminals accept through OSC 52: base64 of 74,994 bytes. */
const MOST_BYTES = 74_994;

/**
 * The sequence that makes a terminal put text on its clipboard, also over ssh (OSC 52). tmux takes it with `set-clipboard on`, or
 * passes it through with `allow-passthrough on`, so it is sent both ways. Text that is too long is cut.
 */
export function clipboardSequence(text: string, environment: Readonly<Record<string, string | undefined>>): string {
  const bytes = Buffer.from(text, 'utf8').subarray(0, MOST_BYTES);
  const sequence = `\u001b]52;c;${bytes.toString('base64')}\u0007`;
  return environment.TMUX === undefined
    ? sequence
    : `${sequence}\u001bPtmux;${sequence.replaceAll('\u001b', '\u001b\u001b')}\u001b\\`;
}
