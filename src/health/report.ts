import { counted } from '../text/counted.ts';
import { type Glyphs, STATE_WORDS, type State } from '../text/glyphs.ts';
import type { Clean } from '../text/sanitise.ts';
import { BOARD } from './kinds.ts';
import type { KindHealth, Summary } from './model.ts';
import { isFirstReadPending } from './sweep.ts';
import { lastedText } from './trouble.ts';

/** Where and as whom the snapshot was taken; `now` is server time in milliseconds. */
export interface About {
  context: string;
  server: string;
  user: string;
  now: number;
}

/** Whether every line is complete, or known not to be readable. */
export const isSettled = (summary: Summary): boolean =>
  BOARD.every(kind => !['waiting', 'loading'].includes(summary.kinds[kind].sync.state)) &&
  !isFirstReadPending(summary.unseen);

/** Whether no line is known, so that nothing is known of the cluster. */
export const isAllBlind = (summary: Summary): boolean => BOARD.every(kind => summary.kinds[kind].sync.state !== 'live');

function stateOf({ sync, failing, warning }: KindHealth): State {
  if (sync.state === 'blind') return 'blind';
  if (sync.state === 'retrying') return 'stale';
  if (sync.state !== 'live') return 'wait';
  if (failing > 0) return 'fail';
  return warning > 0 ? 'warn' : 'ok';
}

const reasonOf = ({ sync }: KindHealth): Clean | undefined =>
  sync.state === 'blind' || sync.state === 'retrying' ? sync.reason : undefined;

/** The JSON of `mayday status`. */
export function statusJson(summary: Summary, about: About) {
  return {
    context: about.context,
    server: about.server,
    user: about.user,
    kinds: BOARD.map(kind => {
      const health = summary.kinds[kind];
      const { count, failing, warning, troubles } = health;
      const reason = reasonOf(health);
      return {
        kind,
        status: STATE_WORDS[stateOf(health)],
        count,
        failing,
        warning,
        ...(reason === undefined ? {} : { reason }),
        troubles: troubles.map(({ namespace, name, severity, what, since }) => ({
          ...(namespace === undefined ? {} : { namespace }),
          name,
          severity,
          what,
          since: new Date(since.at).toISOString(),
          sinceExact: since.exact,
        })),
      };
    }),
    injections: summary.markers.length,
    unseen: summary.unseen,
  };
}

/** The text of `mayday status`: one line for each kind with its troubles below, worst first. */
export function statusText(summary: Summary, about: About, glyphs: Glyphs): string[] {
  const lines = BOARD.flatMap(kind => {
    const health = summary.kinds[kind];
    const state = stateOf(health);
    const count = state === 'blind' || state === 'wait' ? '' : String(health.count);
    const detail = reasonOf(health) ?? failingText(health);
    const head =
      `${glyphs.states[state]} ${STATE_WORDS[state].padEnd(5)} ${kind.padEnd(12)} ${count.padStart(7)}  ${detail}`.trimEnd();
    const rows = health.troubles.slice(0, SHOWN).map(trouble => {
      const where = trouble.namespace === undefined ? trouble.name : `${trouble.namespace}/${trouble.name}`;
      return `          ${where}  ${trouble.what}  ${lastedText(trouble.since, about.now)}`;
    });
    const more = health.failing + health.warning - rows.length;
    return [head, ...rows, ...(more > 0 ? [`          and ${more} more`] : [])];
  });
  const injections =
    summary.unseen.length > 0
      ? `${counted(summary.markers.length, 'injection')} seen, BLIND to ${summary.unseen.map(one => one.kind).join(', ')}`
      : summary.markers.length === 0
        ? 'no injections seen (mayday scan looks deeper)'
        : `${counted(summary.markers.length, 'injection')} live: mayday scan lists, mayday revert --all reverts`;
  return [`${about.context}  ${about.server}  as ${about.user}`, ...lines, injections];
}

const SHOWN = 10;

function failingText({ failing, warning }: KindHealth): string {
  return [failing > 0 ? `${failing} failing` : '', warning > 0 ? `${warning} to watch` : ''].filter(Boolean).join(', ');
}
