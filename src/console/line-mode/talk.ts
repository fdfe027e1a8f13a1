import type { Clock } from '../../host/clock.ts';
import type { Glyphs } from '../../text/glyphs.ts';
import { sanitise } from '../../text/sanitise.ts';
import type { Clusters } from '../app/clusters.ts';
import { bannerRows, faultRow, identityRow } from '../app/frame/header.ts';
import { isTyping, screenFolder } from '../keymap/keys.ts';
import { type ConsoleState, screenOf } from '../store/state.ts';
import { lineText } from '../widgets/line.ts';
import { timeOfDay } from '../widgets/time.ts';
import type { View } from '../widgets/view.ts';
import { type Choice, choicesOf, choiceText, screenText } from './menu.ts';

/** The answer that confirms a change of the cluster. */
const YES = 'yes';
/** A screen that has not changed for so long is printed; for one that is still at work the wait is longer, but limited. Milliseconds. */
const STILL_MS = 300;
const LONGEST_MS = 60_000;
const LOOK_MS = 100;
const COLUMNS = 149;

/** The dialogue: prints the present screen, and acts on the answers. */
export interface Talk {
  /** Prints the screen and its menu. */
  readScreen(): void;
  /** Takes one line of input, and prints the result. */
  answer(text: string): Promise<void>;
  /** Waits until the screen has come to rest. */
  settle(): Promise<void>;
  /** Prints news of the cluster on the screen as they come. */
  follow(): void;
  stop(): void;
  isStopped(): boolean;
}

/** Whether the screen waits for the cluster. */
function isAtWork({ link, mayday, triage, object, fix, health, checks, screens }: ConsoleState): boolean {
  const screen = screens.at(-1);
  if (link.state === 'starting' || health.lastReceivedAt === undefined) return true;
  if (screen === 'mayday') return ['scanning', 'reverting', 'aborting'].includes(mayday.phase);
  if (screen === 'triage') return triage.phase === 'looking';
  if (screen === 'object') return object.phase === 'reading';
  if (screen === 'fix') return fix.phase === 'doing' || (fix.phase === 'asking' && !fix.plan);
  return (
    (screen === 'experiments' || screen === 'plan') && [...checks.values()].some(({ state }) => state === 'checking')
  );
}

/** What a dialogue is made of. */
interface TalkDeps {
  clusters: Pick<Clusters, 'current'>;
  clock: Clock;
  print(text: string): void;
  glyphs: Glyphs;
}

/** Starts a dialogue on the present screen; it prints nothing by itself. */
export function createTalk(
  clusters: Pick<Clusters, 'current'>,
  clock: Clock,
  print: (text: string) => void,
  glyphs: Glyphs,
): Talk {
  const deps: TalkDeps = { clusters, clock, print, glyphs };
  let toConfirm: CommandChoice | undefined;
  let unfollow = (): void => undefined;
  let isStopped = false;
  const settle = () => untilStill(deps, () => isStopped);

  return {
    readScreen: () => printScreen(deps),
    settle,
    isStopped: () => isStopped,
    stop() {
      isStopped = true;
      unfollow();
    },
    async answer(text) {
      const question = toConfirm;
      toConfirm = undefined;
      if (question !== undefined) {
        if (text.toLowerCase() === YES) clusters.current().dispatch.act(question.id, true);
        else print('Not done.');
      } else if (text !== '') {
        const result = act(deps, text);
        if (typeof result === 'object') {
          toConfirm = result.toConfirm;
          return;
        }
        if (result === 'nothing') print(`"${sanitise(text, 60)}" is no number of the menu.`);
      }
      await settle();
      if (!isStopped) printScreen(deps);
    },
    follow() {
      unfollow();
      unfollow = printNews(deps);
    },
  };
}

type CommandChoice = Extract<Choice, { is: 'command' }>;

const stateOf = ({ clusters }: TalkDeps): ConsoleState => clusters.current().store.getState();
const viewOf = ({ clusters, glyphs }: TalkDeps): Omit<View, 'columns' | 'rows'> => ({
  now: clusters.current().context.now(),
  glyphs,
});

/** Prints the screen and its menu. */
function printScreen(deps: TalkDeps): void {
  const { print } = deps;
  const now = stateOf(deps);
  const view = viewOf(deps);
  const wide: View = { ...view, columns: COLUMNS, rows: 48 };
  const head = [identityRow(now, wide), faultRow(now, wide), ...bannerRows(now, wide)];
  print('');
  for (const line of head) print(lineText(line).replace(/ {2,}/g, '  ').trim());
  print(`Screen: ${screenFolder(screenOf(now)).title ?? screenOf(now)}`);
  for (const text of screenText(now, view)) print(text);
  print('Menu:');
  for (const [index, choice] of choicesOf(now, view).entries()) print(choiceText(choice, index));
  print(isTyping(now, screenOf(now)) ? 'Type the text that is asked for, or a number:' : 'Number:');
}

/** Waits until the screen no longer changes, apart from its numbers. */
async function untilStill(deps: TalkDeps, isStopped: () => boolean): Promise<void> {
  let [before, stillMs] = ['', 0];
  for (let waited = 0; waited < LONGEST_MS && !isStopped(); waited += LOOK_MS) {
    const state = stateOf(deps);
    const now = isAtWork(state) ? '' : screenText(state, viewOf(deps)).join('\n').replace(/\d/g, '');
    stillMs = now !== '' && now === before ? stillMs + LOOK_MS : 0;
    if (stillMs >= STILL_MS) return;
    before = now;
    await deps.clock.sleep(LOOK_MS);
  }
}

/** The result of an answer; `toConfirm`: a command that changes the cluster, and was not done yet. */
type ActResult = 'done' | 'nothing' | { toConfirm: CommandChoice };

/** Does what an answer means. */
function act(deps: TalkDeps, text: string): ActResult {
  const { dispatch } = deps.clusters.current();
  const now = stateOf(deps);
  if (text === '!' && screenOf(now) !== 'mayday') {
    dispatch.act('mayday', false);
    return 'done';
  }
  const isText = isTyping(now, screenOf(now));
  const choice = chosenBy(text, choicesOf(now, viewOf(deps)), isText);
  if (choice) return choose(deps, choice);
  if (!isText) return 'nothing';
  dispatch.write(text);
  return 'done';
}

/** Does what was chosen from the menu, or asks whether to do it. */
function choose(deps: TalkDeps, choice: Choice): ActResult {
  const { dispatch } = deps.clusters.current();
  if (choice.is === 'item') dispatch.pick(choice.item);
  else if (choice.locked !== undefined) deps.print(`Not now: ${choice.locked}`);
  else if (choice.changes) {
    deps.print(
      `This changes the cluster ${nameOf(stateOf(deps))}: ${choice.text}. Type ${YES} to do it; anything else leaves it.`,
    );
    return { toConfirm: choice };
  } else dispatch.act(choice.id, false);
  return 'done';
}

/** Prints notices and new lines of the stream as they come, until the returned function is called. */
const printNews = ({ clusters, print }: TalkDeps): (() => void) =>
  clusters.current().store.subscribe((now, before) => {
    if (now.notice !== before.notice && now.notice) print(`Notice: ${now.notice.text}`);
    const last = before.stream.at(-1)?.key ?? 0;
    if (now.stream !== before.stream)
      for (const { key, at, text } of now.stream) if (key > last) print(`${timeOfDay(at)} ${text}`);
  });

const LETTERS: Readonly<Record<string, string>> = { '!': 'revert-all', q: 'quit', b: 'back', '?': 'help' };

/** A number of the menu, or a letter that stands for a command; while a text is asked for, letters belong to it. */
function chosenBy(text: string, choices: readonly Choice[], isText: boolean): Choice | undefined {
  if (/^\d+$/.test(text)) return choices[Number(text) - 1];
  const id = isText && text !== '!' ? undefined : LETTERS[text];
  return choices.find(one => one.is === 'command' && one.id === id);
}

const nameOf = ({ link }: ConsoleState): string => (link.state === 'connected' ? link.context : '');
