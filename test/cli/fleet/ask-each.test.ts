import { expect, it } from 'vitest';
import { CommandFailure, EXIT, type ExitCode } from '../../../src/cli/failure.ts';
import { type Answer, askEach } from '../../../src/cli/fleet/ask-each.ts';
import { printNotice } from '../../../src/cli/output/notice.ts';
import { linePrinter, print } from '../../../src/cli/output/output.ts';

const globals = { output: 'text', color: 'auto' } as const;
const turn = () => new Promise(done => setImmediate(done));

it('hears each cluster alone, however their words mingle; one that is dead keeps nobody waiting', async () => {
  let release = () => {};
  const held = new Promise<void>(done => {
    release = done;
  });
  const heard: string[] = [];
  const ask = async (context: string): Promise<ExitCode> => {
    linePrinter(globals)(`first of ${context}`);
    if (context === 'dead') await held;
    if (context === 'dead') throw new CommandFailure('no answer', EXIT.unreachable);
    await turn();
    printNotice(`beside ${context}`);
    print({ of: context }, globals, () => [`last of ${context}`]);
    return context === 'b' ? EXIT.residue : EXIT.done;
  };
  const asked = askEach(
    ['dead', 'a', 'b'],
    ask,
    ({ context }: Answer) => {
      heard.push(context);
      if (heard.length === 2) release();
    },
    () => 0,
  );
  const answers = await asked;
  expect(heard).toEqual(['a', 'b', 'dead']);
  expect(answers).toEqual([
    { context: 'dead', code: 8, ms: 0, text: 'first of dead\n', stderr: '', failure: 'no answer' },
    { context: 'a', code: 0, ms: 0, text: 'first of a\nlast of a\n', stderr: 'mayday: beside a\n', value: { of: 'a' } },
    { context: 'b', code: 7, ms: 0, text: 'first of b\nlast of b\n', stderr: 'mayday: beside b\n', value: { of: 'b' } },
  ]);
});

it('says in one line what an error that nobody expected was', async () => {
  const ask = () => Promise.reject(new Error('a\nb\u001b[31m'));
  const [answer] = await askEach(
    ['x'],
    ask,
    () => {},
    () => 0,
  );
  expect(answer).toMatchObject({ code: 1, failure: expect.not.stringContaining('\n') });
});

it('asks so many at a time, and in the end all', async () => {
  let now = 0;
  let most = 0;
  const ask = async (): Promise<ExitCode> => {
    now += 1;
    most = Math.max(most, now);
    await turn();
    now -= 1;
    return EXIT.done;
  };
  const names = Array.from({ length: 100 }, (_, index) => `c${index}`);
  const answers = await askEach(
    names,
    ask,
    () => {},
    () => 0,
  );
  expect(answers.map(({ context }) => context)).toEqual(names);
  expect(most).toBe(32);
});
