import { createInterface } from 'node:readline';
import { ASCII, asciiText, UNICODE } from '../../text/glyphs.ts';
import { unexpectedErrorText } from '../../text/message-of.ts';
import { sanitise } from '../../text/sanitise.ts';
import { type Clusters, createClusters } from '../app/clusters.ts';
import { noteProblems } from '../app/problems.ts';
import { ABORTED, handleProcessEvents, INTERNAL, revertOwnRuns } from '../app/process-end.ts';
import { createQuit, type End, type Quit } from '../app/quit.ts';
import { sleepAsJob } from '../app/terminal/sleep.ts';
import type { ConsoleDeps } from '../deps.ts';
import { ownUnderWay } from '../store/select.ts';
import { menuNamesForKeys } from './menu-names.ts';
import { createTalk } from './talk.ts';

/** Somebody who listens needs more time to learn what is armed than somebody who reads. */
const ARM_MS = 60_000;
const MOST = 2_000;
const SIZE = { columns: 149, rows: 48 };

/**
 * The console for a screen reader, a pipe or a terminal that cannot draw: the same clusters, screens, keys and commands, as numbered menus in
 * plain lines. Nothing moves the cursor. The end of the input ends it as a hang-up does: what its runs wrote is reverted first.
 */
export async function startLineMode(given: ConsoleDeps): Promise<number> {
  const settings = { ...given.settings, color: false, armMs: ARM_MS, keys: menuNamesForKeys() };
  const deps: ConsoleDeps = { ...given, settings };
  const { terminal } = deps;
  const print = (text: string): void =>
    void terminal.stdout.write(`${settings.ascii ? asciiText(sanitise(text, MOST)) : text}\n`);
  const ending = Promise.withResolvers<End>();
  const finish = (end: End): void => ending.resolve(end);
  let quit: Quit | undefined;
  const quitOf = (all: Clusters): Quit => {
    quit = createQuit(all, finish);
    return quit;
  };
  const clusters: Clusters = createClusters(
    {
      deps,
      shared: all => ({
        deps,
        copy: text => print(text),
        clusters: all,
        quit: quitOf(all),
        suspend: () => undefined,
        repaint: () => undefined,
        lend: work => work(),
      }),
      shown: () => talk?.follow(),
      told: () => undefined,
      failed: ({ message, exitCode }) => finish({ exitCode, words: [message] }),
      crash: error => crash(error),
    },
    () => SIZE,
  );
  const talk = createTalk(clusters, deps.clock, print, settings.ascii ? ASCII : UNICODE);

  function crash(error: unknown): void {
    deps.log(error instanceof Error ? (error.stack ?? error.message) : String(error));
    void revertOwnRuns(clusters, deps.clock, INTERNAL, [unexpectedErrorText(error)]).then(finish);
  }
  const isBusy = (): boolean => clusters.all().some(({ store }) => ownUnderWay(store.getState()).length > 0);
  const hangUp = (): void => void revertOwnRuns(clusters, deps.clock, ABORTED, []).then(finish);
  let isAsleep = false;
  /** ctrl-z: the terminal sends the signal by itself, since here it is not raw. */
  function sleep(): void {
    if (isAsleep) return;
    isAsleep = true;
    const contexts = () => clusters.all().map(({ context }) => context);
    void sleepAsJob({ contexts, host: process, write: text => void terminal.stdout.write(text) }, () => {
      isAsleep = false;
      print('mayday continues.');
      talk.readScreen();
    });
  }
  const quiet = handleProcessEvents({
    hangUp,
    interrupt: hangUp,
    crash,
    stop: sleep,
    broken: terminal.stdout,
  });

  print(
    'mayday, line mode. Type a number and press enter. ! is MAYDAY, an empty line reads the screen again, q quits.',
  );
  noteProblems(clusters.current().context, settings.problems ?? []);
  talk.follow();
  clusters.begin();
  const lines = createInterface({ input: terminal.stdin, terminal: false });
  const asked = talkTo(lines, talk).then(
    // The pipe has ended, and nobody is there to end what was begun.
    () => (isBusy() ? hangUp() : quit?.ask()),
    crash,
  );
  const end = await ending.promise;
  lines.close();
  talk.stop();
  await clusters.close();
  quiet();
  void asked;
  for (const word of end.words) terminal.stderr.write(`mayday: ${sanitise(word)}\n`);
  return end.exitCode;
}

/** One line after the other: the next is read only once the answer to the one before is told. */
async function talkTo(lines: AsyncIterable<string>, talk: ReturnType<typeof createTalk>): Promise<void> {
  await talk.settle();
  talk.readScreen();
  for await (const text of lines) {
    if (talk.isStopped()) return;
    await talk.answer(text.trim());
  }
}
