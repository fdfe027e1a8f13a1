/** Texts as somebody puts them into a file, an argument, a variable or a kubeconfig to play with the terminal of whoever reads them. */
export const HOSTILE: Readonly<Record<string, string>> = {
  'clears the screen': 'web\u001b[2J\u001b[H',
  'rewrites its own line': 'web\rharmless',
  'writes a line of its own': 'web\nvalid   all files',
  'writes the clipboard': 'web\u001b]52;c;cm0gLXJmIH4=\u0007',
  'links elsewhere': 'web\u001b]8;;https://example.com\u001b\\click\u001b]8;;\u001b\\',
  'speaks C1': 'web\u009b2J\u0090x\u009c',
  'turns the direction': 'web\u202egpj.exe\u2066',
  'hides characters': 'web\u200b\u00ad\ufeff\u2060hidden',
  'breaks the line as Unicode': 'web\u2028second\u2029third\u0085fourth',
  'deletes backwards': 'web\b\b\b\u007frun',
  'tags with invisible letters': 'web\u{e0041}\u{e0042}',
  'sets the title': 'web\u001b]0;root\u0007',
  'leaves a sequence open': 'web\u001b]52;c;',
  'holds half a character': 'web\ud800',
};

const FORBIDDEN = /(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u;

/** What of an output could play with a terminal; undefined when nothing. Its own line feeds are none of it. */
export function forbiddenIn(output: string): string | undefined {
  const found = FORBIDDEN.exec(output);
  if (!found) return undefined;
  const code = (found[0].codePointAt(0) ?? 0).toString(16);
  return `U+${code} in ${JSON.stringify(output.slice(Math.max(0, found.index - 30), found.index + 30))}`;
}
