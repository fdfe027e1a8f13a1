import { describe, expect, it } from 'vitest';
import { fieldText } from '../../src/console/keymap/field-text.ts';
import { finding, type Script, script } from './support/fake-session.ts';
import { type Stage, stage } from './support/stage.ts';

const PASTES = ['q', 'y', 'f\n', 'a\nf\n', '!\n!\n', 'yes\ny\nr\n', 'l', 'r'];
const bracketed = (text: string): string => `\u001b[200~${text}\u001b[201~`;
/** As a terminal without bracketed paste sends it: several characters at once. */
const bare = (text: string): string => `${text}${text}`.replaceAll('\n', '\r');

type Way = readonly (readonly [key: string, shows: string])[];
const WITHOUT_FIELD: readonly (readonly [string, Way])[] = [
  ['deck', []],
  ['health', [['2', 'KINDS']]],
  ['experiments', [['3', 'EXPERIMENTS']]],
  ['faults', [['4', 'FAULTS']]],
  ['triage', [['5', 'ROOT CAUSES']]],
  ['timeline', [['6', 'TIMELINE']]],
  ['help', [['?', 'EVERYWHERE']]],
  ['actions', [['a', 'ACTIONS']]],
  ['MAYDAY', [['!', 'scan complete']]],
  [
    'an armed plan',
    [
      ['e', 'a arms it'],
      ['a', 'ARMED'],
    ],
  ],
];

async function open(way: Way): Promise<{ at: Stage; play: Script }> {
  const play = script({ findings: () => [finding('victim-1')] });
  const at = stage(play, { columns: 100, rows: 30 });
  await at.waitFor('data LIVE');
  for (const [key, shows] of way) await at.press(key, shows);
  return { at, play };
}

/** The heading of the screen: the first row after the header and a notice. */
const heading = (at: Stage): string | undefined =>
  at
    .rows()
    .find(row => /─{10}/.test(row))
    ?.replaceAll(/[\d,.:]+m?s?/g, '');

describe('a paste on a screen without a field does nothing but say so', () => {
  it.each(WITHOUT_FIELD)('%s', async (_name, way) => {
    const { at, play } = await open(way);
    const before = heading(at);
    for (const text of PASTES) {
      await at.press(bracketed(text), 'pasted text is ignored');
      if (!/^(!|j|k)+$/.test(bare(text))) at.send(bare(text));
      await at.waitFor(/pasted text is ignored|characters at once are ignored/);
    }
    expect(heading(at)).toBe(before);
    expect(play.reverted).toBe(0);
    expect(at.screen()).not.toContain('effect proven');
  });
});

describe('a paste into a field is text of one line', () => {
  const fields: readonly (readonly [string, Way, string])[] = [
    [
      'the filter of Health',
      [
        ['2', 'KINDS'],
        ['/', '/_'],
      ],
      '/quit_',
    ],
    ['the palette', [[':', 'GO TO']], ':quit_'],
  ];
  it.each(fields)('%s', async (_name, way, shown) => {
    for (const paste of ['\u001b[200~quit\r\n\u001b[201~', 'quit\r']) {
      const { at } = await open(way);
      await at.press(paste, shown);
    }
  });

  it('drops line breaks at its ends, turns others into blanks, and leaves out what cannot be seen', () => {
    expect(fieldText('shop\r\n')).toBe('shop');
    expect(fieldText('a\nb\tc')).toBe('a b c');
    expect(fieldText('\u001b[31mred\u202e\u0007')).toBe('red');
    expect(fieldText('ab ')).toBe('ab ');
  });
});
