import { PassThrough, Writable } from 'node:stream';
import { expect, test } from 'vitest';
import { paintFirstFrame } from '../../src/console/app/frame/first-frame.ts';

function terminal() {
  const written: string[] = [];
  const raw: boolean[] = [];
  const stdout = new Writable({
    write(chunk, _encoding, done) {
      written.push(String(chunk));
      done();
    },
  });
  const stdin = Object.assign(new PassThrough(), { isTTY: true, setRawMode: (mode: boolean) => raw.push(mode) });
  return { written, raw, of: { stdin, stdout, stderr: stdout } };
}

test('the first frame stands on the alternate screen, its rows from the top, with keys unechoed', () => {
  const { written, raw, of } = terminal();
  paintFirstFrame(of, ['one', 'two']);
  expect(written.join('')).toBe('\u001B[?1049h\u001B[?25l\u001B[Hone\r\ntwo\u001B[H');
  expect(raw).toEqual([true]);
});

test('an end before Ink has taken over gives the terminal back, once', () => {
  const { written, raw, of } = terminal();
  const frame = paintFirstFrame(of, ['one']);
  expect(frame.isLeft()).toBe(false);
  frame.leave();
  frame.leave();
  expect(written.slice(1).join('')).toBe('\u001B[?1049l\u001B[?25h');
  expect(raw).toEqual([true, false]);
  expect(frame.isLeft()).toBe(true);
});

test('a screen that was opened before Ink drew leaves nothing of the first frame behind it', () => {
  const { written, of } = terminal();
  const frame = paintFirstFrame(of, ['VERDICTS', 'one']);
  frame.again(['GAME-DAY', '']);
  expect(written.at(-1)).toBe('\u001B[H\u001B[KGAME-DAY\r\n\u001B[K\u001B[J\u001B[H');
});
