import { createInterface } from 'node:readline';
import { ASCII, asciiText, UNICODE } from '../../text/glyphs.ts';
import { sanitise } from '../../text/sanitise.ts';
import { type Clusters, createClusters } from '../app/clusters.ts';
import { createEnding, type Ending, sayLast } from '../app/ending.ts';
import { noteProblems } from '../app/problems.ts';
import { handleProcessEvents } from '../app/process-end.ts';
import { createQuit } from '../app/quit.ts';
import { sleepAsJob } from '../app/terminal/sleep.ts';
import type { ConsoleDeps } from '../deps.ts';
import { ownUnderWay } from '../store/select.ts';
import { menuNamesForKeys } from './menu-names.ts';
import { createTalk, type Talk } from './talk.ts';

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
  const { terminal, clock } = deps;
  const print = (text: string): void =>
    void terminal.stdout.write(`${settings.ascii ? asciiText(sanitise(text, MOST)) : text}\n`);
  const ending = createEnding(deps, { all: () => clusters.all() }, () => undefined);
  const clusters = createLineClusters(deps, ending, { print, shown: () => talk?.follow() });
  const talk = createTalk(clusters, clock, print, settings.ascii ? ASCII : UNICODE);
  const quiet = handleProcessEvents({
    hangUp: ending.hangUp,
    crash: ending.crash,
    interrupt: ending.hangUp,
    stop: createSleep(deps, clusters, () => {
      print('mayday continues.');
      talk.readScreen();
    }),
    broken: terminal.stdout,
  });

  print(
    'mayday, line mode. Type a number and press enter. ! is MAYDAY, an empty line reads the screen again, q quits.',
  );
  noteProblems(clusters.current().context, settings.problems ?? []);
  talk.follow();
  clusters.begin();
  const lines = createInterface({ input: terminal.stdin, terminal: false });
  const isBusy = (): boolean => clusters.all().some(({ store }) => ownUnderWay(store.getState()).length > 0);
  void talkTo(lines, talk).then(
    // The pipe has ended, and nobody is there to end what was begun.
    () => (isBusy() ? ending.hangUp() : createQuit(clusters, ending.finish).ask()),
    ending.crash,
  );
  const end = await ending.given;
  lines.close();
  talk.stop();
  await clusters.close();
  quiet();
  return sayLast(terminal, end);
}

/** The clusters as for the full screen, where nothing is drawn and nothing of the terminal is given away. */
function createLineClusters(
  deps: ConsoleDeps,
  { finish, crash }: Ending,
  { print, shown }: { print(text: string): void; shown(): void },
): Clusters {
  return createClusters(
    {
      deps,
      shared: all => ({
        deps,
        copy: print,
        clusters: all,
        quit: createQuit(all, finish),
        suspend: () => undefined,
        repaint: () => undefined,
        lend: work => work(),
      }),
      shown,
      told: () => undefined,
      failed: ({ message, exitCode }) => finish({ exitCode, words: [message] }),
      crash,
    },
    () => SIZE,
  );
}

/** ctrl-z: the terminal sends the signal by itself, since here it is not raw. */
function createSleep({ terminal }: ConsoleDeps, clusters: Clusters, awake: () => void): () => void {
  let isAsleep = false;
  const contexts = () => clusters.all().map(({ context }) => context);
  return () => {
    if (isAsleep) return;
    isAsleep = true;
    void sleepAsJob({ contexts, host: process, write: text => void terminal.stdout.write(text) }, () => {
      isAsleep = false;
      awake();
    });
  };
}

/** One line after the other: the next is read only once the answer to the one before is told. */
async function talkTo(lines: AsyncIterable<string>, talk: Talk): Promise<void> {
  await talk.settle();
  talk.readScreen();
  for await (const text of lines) {
    if (talk.isStopped()) return;
    await talk.answer(text.trim());
  }
}
