import { readFileSync } from 'node:fs';
import type { Plugin } from 'esbuild';

/** A change to one file of a dependency, made while bundling. `from` must stand there exactly once; with `upTo`, all that is before that goes too. */
interface Change {
  file: RegExp;
  from: string;
  upTo?: string;
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
  {
    file: /[\\/]undici[\\/]lib[\\/]dispatcher[\\/]client\.js$/,
    from: "const connectH2 = require('./client-h2.js')",
    to: "const connectH2 = (...given) => require('./client-h2.js')(...given)",
    why: 'it loads all of node:http2, and HTTP/2 is never spoken here',
  },
  {
    file: /[\\/]undici[\\/]index\.js$/,
    from: "const fetchImpl = require('./lib/web/fetch').fetch",
    upTo: 'module.exports.request = makeDispatcher(api.request)',
    to: '',
    why: 'fetch, its cache and web sockets are half of the library and take 25 ms to load; nobody here uses them',
  },
  {
    file: /[\\/]undici[\\/]index\.js$/,
    from: "const { EventSource } = require('./lib/web/eventsource/eventsource')",
    upTo: 'module.exports.install = install',
    to: 'const install = undefined\n',
    why: 'it is built on fetch',
  },
];

/** Applies the changes; fails the build when a dependency no longer looks as they expect. */
export const lighterStart: Plugin = {
  name: 'lighter-start',
  setup(b) {
    for (const [pattern, changes] of Map.groupBy(CHANGES, ({ file }) => file.source)) {
      b.onLoad({ filter: new RegExp(pattern) }, ({ path }) => {
        let contents = readFileSync(path, 'utf8');
        for (const change of changes) {
          const changed = applied(change, contents);
          if (changed === undefined) return { errors: [{ text: unlike(path, change) }] };
          contents = changed;
        }
        return { contents, loader: 'js' };
      });
    }
  },
};

function applied({ from, upTo, to }: Change, source: string): string | undefined {
  const [before, after, ...more] = source.split(from);
  if (before === undefined || after === undefined || more.length > 0) return undefined;
  if (upTo === undefined) return before + to + after;
  const end = after.indexOf(upTo);
  return end < 0 ? undefined : before + to + after.slice(end);
}

const unlike = (path: string, { from, upTo, why }: Change): string =>
  `${path} no longer has ${from} exactly once${upTo === undefined ? '' : `, and ${upTo} after it`} (${why}): look at scripts/lighter-start.ts`;
