import { Console } from 'node:console';
import { PassThrough } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { render } from 'ink';
import { afterEach, describe, expect, it } from 'vitest';
import { App } from '../../src/console/app/app.tsx';
import { plainRows } from '../../src/console/widgets/plain-rows.ts';
import { script } from './support/fake-session.ts';
import { stage } from './support/stage.ts';

Object.assign(console, { Console });
let end: () => unknown = () => undefined;
afterEach(async () => {
  await end();
});

const PICTURE = {
  is: 'column',
  gap: 0,
  parts: [
    { is: 'pane', columns: 12, rows: ['! MAYDAY    '] },
    {
      is: 'row',
      gap: 2,
      parts: [
        { is: 'pane', columns: 4, rows: ['left'] },
        { is: 'pane', columns: 5, rows: ['right', 'below'] },
      ],
    },
  ],
} as const;

describe('an error of our own', () => {
  it('in drawing leaves the rows as bare text, side by side as they were', () => {
    expect(plainRows(PICTURE)).toEqual(['! MAYDAY    ', 'left  right', '      below']);
  });

  it('in drawing ends nothing: the rows are still there, and the emergency key is heard', async () => {
    let out = '';
    const stdout = Object.assign(new PassThrough(), { columns: 20, rows: 5, isTTY: true });
    stdout.on('data', chunk => {
      out += String(chunk);
    });
    const stdin = Object.assign(new PassThrough(), {
      isTTY: true,
      setRawMode: () => stdin,
      ref: () => stdin,
      unref: () => stdin,
    });
    const pressed: unknown[] = [];
    const broke: string[] = [];
    const failed: Error[] = [];
    const app = render(
      <App
        painted={{ subscribe: () => () => undefined, picture: () => PICTURE }}
        press={press => pressed.push(press)}
        paste={() => undefined}
        ready={() => undefined}
        broke={({ message }) => broke.push(message)}
        failed={error => failed.push(error)}
        Drawing={() => {
          throw new Error('no box for this');
        }}
      />,
      {
        stdin: stdin as never,
        stdout: stdout as never,
        stderr: stdout as never,
        patchConsole: false,
        exitOnCtrlC: false,
        interactive: true,
      },
    );
    end = () => app.unmount();
    while (!out.includes('right')) await sleep(5);
    expect(out).toContain('! MAYDAY');
    expect(broke).toEqual(['no box for this']);
    expect(failed).toEqual([]);
    stdin.write('!');
    while (pressed.length === 0) await sleep(5);
    expect(pressed).toEqual([{ is: 'key', name: '!', times: 1 }]);
  });

  it('in what a key does is told in one line, and MAYDAY still opens', async () => {
    const keep = {
      program: () => {
        throw new Error('a bug in this key');
      },
    };
    const at = stage(script(), { columns: 100, rows: 30 }, { deps: { keep: keep as never } });
    await at.waitFor('data LIVE');
    await at.press('E', /an error in mayday itself: a bug in this key; ! is MAYDAY/);
    await at.press('!', 'scan complete');
  });
});
