import { ASCII, UNICODE } from '../../text/glyphs.ts';
import { messageOf } from '../../text/message-of.ts';
import { sanitise } from '../../text/sanitise.ts';
import { screenFolder } from '../keymap/keys.ts';
import { SCREENS } from '../screens/registry.ts';
import type { ConsoleState } from '../store/state.ts';
import { screenOf } from '../store/state.ts';
import { flat } from '../widgets/layout.ts';
import { lineText } from '../widgets/line.ts';
import type { View } from '../widgets/view.ts';
import { type Context, notify } from './context.ts';

/** The most lines that are saved; no list or log of the console keeps more. */
const MOST_ROWS = 6_000;
/** The width of what is saved, so that little is cut. */
const COLUMNS = 200;

/** Saves what is on the screen as a file, and opens it in the user's own programs. */
export interface Keeping {
  save(): Promise<void>;
  open(by: 'editor' | 'pager'): Promise<void>;
}

/** The whole content of the present screen as plain text, including what is scrolled out of sight. */
function paneText(state: ConsoleState, view: Omit<View, 'columns' | 'rows'>): string {
  const columns = Math.max(COLUMNS, state.columns);
  const tall: ConsoleState = {
    ...state,
    columns,
    rows: MOST_ROWS,
    helpTop: 0,
    streamBack: 0,
    mayday: { ...state.mayday, top: 0 },
    triage: { ...state.triage, top: 0 },
    object: { ...state.object, top: 0 },
    reports: { ...state.reports, top: 0 },
  };
  const size = { columns, rows: MOST_ROWS };
  const lines = flat(screenFolder(screenOf(state)).body(tall, { ...view, ...size }, size, SCREENS));
  const text = lines.map(line => lineText(line).trimEnd()).join('\n');
  return `${text.replace(/\n{3,}/g, '\n\n').trimEnd()}\n`;
}

/** Gives the terminal to another program while `work` goes on, and takes it back afterwards. */
export type LendTerminal = (work: () => Promise<void>) => Promise<void>;

export function createKeeping(context: Context, lend: LendTerminal): Keeping {
  const { deps, store } = context;

  async function save(): Promise<string | undefined> {
    const state = store.getState();
    const { link } = state;
    const where = link.state === 'connected' ? link.context : 'not connected';
    const at = new Date(deps.clock.now()).toISOString();
    const head = `${screenOf(state)}  context ${where}  ${at}\n\n`;
    const name = `${at.replace(/[:.]/g, '-')}-${screenOf(state)}.txt`;
    try {
      return await deps.keep?.save(
        name,
        head + paneText(state, { now: context.now(), glyphs: state.settings.ascii ? ASCII : UNICODE }),
      );
    } catch (error) {
      notify(context, `not saved: ${sanitise(messageOf(error), 200)}`, 'bad');
      return undefined;
    }
  }

  return {
    async save() {
      const path = await save();
      if (path !== undefined) notify(context, `saved, readable only by you: ${path}`, 'ok', 20_000);
    },
    async open(by) {
      const command = deps.keep?.program(by);
      if (command === undefined) {
        const variable = by === 'editor' ? 'EDITOR' : 'PAGER';
        return notify(context, `${variable} is not set, and there is no ${by === 'editor' ? 'vi' : 'less'}`, 'warn');
      }
      const path = await save();
      if (path === undefined) return;
      let why: string | undefined;
      await lend(async () => {
        why = await deps.keep?.open(by, path);
      });
      if (why !== undefined) notify(context, `${sanitise(command, 60)}: ${sanitise(why, 200)}`, 'bad');
      else notify(context, `it is kept at ${path}`, 'plain', 10_000);
    },
  };
}
