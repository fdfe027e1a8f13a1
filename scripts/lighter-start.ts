import { readFileSync } from 'node:fs';
import type { Plugin } from 'esbuild';

/** A change to one file of a dependency, made while bundling. `from` must stand there exactly once. */
interface Change {
  file: RegExp;
  from: string;
  to: string;
  why: string;
}

/** What dependencies do while they load and nobody needs before the first frame. */
const CHANGES: readonly Change[] = [
  {
    file: /[\\/]string-width[\\/]index\.js$/,
    from: 'const rgiEmojiRegex = /^\\p{RGI_Emoji}$/v;',
    to: 'let rgiEmoji; const rgiEmojiRegex = {test: text => /[\\p{Extended_Pictographic}\\p{Regional_Indicator}\\u20E3]/u.test(text) && (rgiEmoji ??= /^\\p{RGI_Emoji}$/v).test(text)};',
    why: 'the expression takes 15 to 20 ms to build; only text that can be an emoji needs it (a bare digit is no pictograph)',
  },
  {
    file: /[\\/]yoga-layout[\\/].*yoga-wasm-base64-esm\.js$/,
    from: 'return w||"function"!=typeof fetch?',
    to: 'return true?',
    why: 'looking at fetch loads all of it, 15 ms; the code is embedded and is never fetched',
  },
];

/** Applies the changes; fails the build when a dependency no longer looks as they expect. */
export const lighterStart: Plugin = {
  name: 'lighter-start',
  setup(b) {
    for (const { file, from, to, why } of CHANGES) {
      b.onLoad({ filter: file }, ({ path }) => {
        const source = readFileSync(path, 'utf8');
        if (source.split(from).length !== 2) {
          return {
            errors: [{ text: `${path} no longer has ${from} exactly once (${why}): look at scripts/lighter-start.ts` }],
          };
        }
        return { contents: source.replace(from, () => to), loader: 'js' };
      });
    }
  },
};
