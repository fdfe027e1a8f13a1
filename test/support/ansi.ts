const ESC = '\u001b';

/** Whether a text holds nothing but ASCII. */
export const isAscii = (text: string): boolean => [...text].every(char => (char.codePointAt(0) ?? 0) < 128);

/** The parameters of every SGR sequence in raw terminal output, such as `1;31`. */
export function looks(raw: string): string[] {
  return raw.split(`${ESC}[`).flatMap(part => /^([\d;]*)m/.exec(part)?.[1] ?? []);
}

/** Whether raw output sets a foreground colour. */
export const isColoured = (raw: string): boolean =>
  looks(raw).some(look => look.split(';').some(code => /^3[1-7]$/.test(code)));
