import { describe, expect, it } from 'vitest';
import { frame } from '../../src/console/app/frame/frame.ts';
import { keysOn } from '../../src/console/keymap/keys.ts';
import { readRemap } from '../../src/console/keymap/remap.ts';
import { SCREENS } from '../../src/console/screens/registry.ts';
import { type ConsoleState, EMPTY_MAYDAY } from '../../src/console/store/state.ts';
import { TOUR_STEPS } from '../../src/console/tour/steps.ts';
import { flat } from '../../src/console/widgets/layout.ts';
import { lineText, type Span } from '../../src/console/widgets/line.ts';
import { UNICODE } from '../../src/text/glyphs.ts';
import { experiment, finding } from './support/fake-session.ts';
import { NOW } from './support/objects.ts';
import { run, SETTINGS, state, summary, T } from './support/view.ts';

const COMMANDS = [...new Set(SCREENS.flatMap(screen => keysOn(screen).map(({ id }) => id)))];
/** Every command gets a letter of its own that no table has. */
const { remap, problems } = readRemap(
  SCREENS,
  Object.fromEntries(COMMANDS.map((id, at) => [id, String.fromCodePoint(0x100 + at)])),
  keysOn,
);
/** What no configuration takes away, and what only looks like a key: prompts. */
const KEPT = new Set(['!', 'esc', 'ctrl-c', ':', '/', '_', '*']);

/**
 * A key in a sentence: alone, before a word that says what it does. `a` is also an article, and a number may count
 * something.
 */
const NAMED =
  /(?<![\w./:'"-])(?:enter|tab|space|[b-zB-Z?+=>[\]]|[aA](?= (?:arms|opens|lists|shows|does))|[1-9](?= (?:lists|says|begins|opens|shows|goes|is)))(?= [a-z])/gu;
/** One letter that is none of these: of a size, of a plural, of a time. */
const NO_KEY = /^(?:x|s|m|h|d|I)$/u;

interface Seen {
  id: string;
  text: string;
  keys: readonly Span[];
}

/** A screen as it is drawn with these keys. */
function draw(id: (typeof SCREENS)[number]['id'], changes: Partial<ConsoleState>, columns: number, rows: number): Seen {
  const settings = { ...SETTINGS, keys: remap, ...changes.settings };
  const one = { ...state({ ...changes, screens: ['deck', id], settings }), columns, rows };
  const lines = flat(frame(one, { columns, rows, now: { monotonic: T, server: NOW }, glyphs: UNICODE }));
  return { id, text: lines.map(lineText).join('\n'), keys: lines.flatMap(({ spans }) => spans.filter(isKey)) };
}
const isKey = ({ tone, text }: Span): boolean => tone === 'key' && text.trim() !== '';

const retrying = { state: 'retrying', reason: 'ECONNREFUSED', ageMs: 12_000, retryInMs: 3_000 } as never;
const silent = summary();
for (const kind of Object.values(silent.kinds)) Object.assign(kind, { sync: retrying });
const found = { ...EMPTY_MAYDAY, phase: 'found', findings: [finding('ledger')] } as const;
const path = 'ledger.yaml';
const loaded = experiment('ledger-image-corrupt');

/** What a person may have on the screen. */
const STATES: Readonly<Record<string, Partial<ConsoleState>>> = {
  'nothing yet': { catalogue: [] },
  'a run, a finding, a catalogue': {
    catalogue: [{ path, loaded }],
    cursor: { ...state().cursor, experiments: path },
    runs: [run(), run({ key: 'fired 2', runId: 'r2', residue: 1, endedAt: T })],
    mayday: found,
    leftovers: { count: 2, example: 'ledger' },
    streamBack: 1,
    stream: [1, 2, 3].map(key => ({ key, at: NOW, text: 'said', tone: 'plain' as const })),
  },
  'no answer': { health: silent, mayday: { ...EMPTY_MAYDAY, phase: 'unreachable', retryAt: T + 3_000 } },
  'another kubeconfig': { kubeconfigChange: 'the server is another' },
  'reverted, not all': {
    mayday: {
      ...found,
      phase: 'done',
      end: { remaining: 1, receipts: [], blind: 1, requests: 9, ms: 900, latched: true },
    },
  },
  'read only': { settings: { ...SETTINGS, readOnly: true } },
  'a day': { day: { ...state().day, phase: 'under way', latched: 'a probe failed' } },
  'a day that asks for the next': {
    day: {
      ...state().day,
      phase: 'under way',
      asking: { is: 'next', scenario: 'one', ok: false, items: [{ name: 'freeze', ok: false, reason: 'no' }] },
    },
  },
  'a day that asks how it came out': {
    day: { ...state().day, phase: 'under way', asking: { is: 'outcome', scenario: 'one', step: 'outcome', so: {} } },
  },
  'a day with a step by hand': {
    day: { ...state().day, phase: 'under way', asking: { is: 'by-hand', scenario: 'one' } },
  },
};

describe('where every key is configured to be another', () => {
  it('the configuration is accepted as a whole', () => {
    expect(problems).toEqual([]);
    expect(Object.keys(remap)).toHaveLength(COMMANDS.length);
  });

  it.each(Object.keys(STATES))('no screen names a key that means nothing now: %s', name => {
    const own = new Set(Object.values(remap).flat());
    for (const { id } of SCREENS)
      for (const [columns, rows] of [
        [80, 24],
        [200, 150],
        [50, 12],
      ] as const) {
        const { text, keys } = draw(id, STATES[name] ?? {}, columns, rows);
        expect(text).not.toContain('could not draw');
        const strange = keys.flatMap(key => key.text.trim().split(' ')).filter(key => !own.has(key) && !KEPT.has(key));
        expect(strange, `${id} at ${columns}x${rows}:\n${text}`).toEqual([]);
        const said = [...text.matchAll(NAMED)].map(([press]) => press).filter(press => !NO_KEY.test(press));
        expect(said, `${id} at ${columns}x${rows}:\n${text}`).toEqual([]);
      }
  });

  it('neither does any reason why a key does nothing, nor any step of the tour', () => {
    for (const changes of Object.values(STATES))
      for (const screen of SCREENS) {
        const one = state({ ...changes, settings: { ...SETTINGS, keys: remap } });
        for (const key of keysOn(screen, remap)) {
          const reason = key.locked?.(one, { monotonic: T, server: NOW }) ?? '';
          expect(reason.match(NAMED) ?? [], `${screen.id} ${key.id}: ${reason}`).toEqual([]);
        }
      }
    for (let at = 0; at < TOUR_STEPS; at++)
      for (const { id } of SCREENS) {
        const { text } = draw(id, { tour: { at } as ConsoleState['tour'] }, 200, 50);
        const guide = text.slice(text.indexOf(' TOUR '));
        expect(guide).toContain('ends the tour');
        expect(guide.match(NAMED) ?? [], guide).toEqual([]);
      }
  });
});
