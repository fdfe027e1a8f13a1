import { isFirstReadPending } from '../../../health/sweep.ts';
import { counted } from '../../../text/counted.ts';
import { cut } from '../../../text/cut.ts';
import { age } from '../../../text/duration.ts';
import { type Clean, sanitise } from '../../../text/sanitise.ts';
import { width } from '../../../text/width.ts';
import { wrap } from '../../../text/wrap.ts';
import { pressFor } from '../../keymap/remap.ts';
import { liveFaults, nextTtl, outage } from '../../store/select.ts';
import type { ConsoleState } from '../../store/state.ts';
import { ends, type Line, line, lineWidth, type Span, span } from '../../widgets/line.ts';
import { clock } from '../../widgets/time.ts';
import type { View } from '../../widgets/view.ts';

/**
 * Data younger than this is simply live: in an idle cluster nodes still renew their Leases every ten seconds, and a
 * lost server shows as STALE at once. The seconds are shown only once they matter, because each costs an idle console a
 * frame.
 */
const LIVE_MS = 12_000;

/**
 * Row one: which cluster, as whom, in which mode, and how old the data is. The context is never dropped; where the row
 * is too narrow it is cut in the middle, and only after everything else.
 */
export function identityRow(state: ConsoleState, view: View): Line {
  const { link, settings } = state;
  const data = dataAge(state, view);
  if (link.state !== 'connected') {
    const name = settings.context ?? (settings.sandbox === undefined ? '' : 'sandbox');
    return ends(
      line(span('mayday', 'title'), name && '  ', name && span(name, 'title'), '  ', span(`${link.doing}…`, 'dim')),
      line(...modes(state), data),
      view.columns,
    );
  }
  const right = line(...modes(state), data);
  // What is left out first when the row is narrow: our own name, the version, the user.
  const droppable = [span('mayday  ', 'title'), span(`  ${link.version}`), span(`  ${link.user}`)];
  const room = view.columns - lineWidth(right) - 2;
  const keep = droppable.map(() => true);
  const used = (): number =>
    width(link.context) + droppable.reduce((sum, piece, i) => sum + (keep[i] ? width(piece.text) : 0), 0);
  for (const victim of [0, 1, 2]) if (used() > room) keep[victim] = false;
  const context = width(link.context) > room ? cut(link.context as Clean, Math.max(8, room), 'middle') : link.context;
  return ends(
    line(
      keep[0] && droppable[0],
      span(context, 'title'),
      keep[1] && link.version !== '' && droppable[1],
      keep[2] && droppable[2],
    ),
    right,
    view.columns,
  );
}

function modes(state: ConsoleState): Span[] {
  const words: Span[] = [];
  const { link, settings } = state;
  if (state.shell.isMouseOn) words.push(span('MOUSE', 'dim'), span('  '));
  if (settings.readOnly) words.push(span('READ-ONLY', 'warn'), span('  '));
  if (link.state === 'connected' && link.isProtected) words.push(span('PROTECTED', 'bad'), span('  '));
  if (settings.sandbox !== undefined || (link.state === 'connected' && link.isSandbox))
    words.push(span('SANDBOX', 'accent'), span('  '));
  return words;
}

function dataAge(state: ConsoleState, { now }: View): Span {
  const { lastReceivedAt } = state.health;
  if (lastReceivedAt === undefined) return span('no data yet', 'warn');
  const old = now.monotonic - lastReceivedAt;
  if (outage(state, now)) return span(`STALE ${age(old)}`, 'bad');
  return old < LIVE_MS ? span('data LIVE', 'ok') : span(`data ${age(old)}`, old < 75_000 ? 'plain' : 'warn');
}

/** Row two: how many faults are in the cluster, when the next one ends, and the two keys that always work. */
export function faultRow(state: ConsoleState, view: View): Line {
  const right = line(
    span('!', 'alarm'),
    span(' MAYDAY', 'bad'),
    '   ',
    span(pressFor(state.settings.keys, 'deck', 'help', '?'), 'key'),
    ' keys',
  );
  return ends(line(...faultSpans(state, view)), right, view.columns);
}

/** The time left until a TTL, or since it passed: an overdue fault never looks like one with no time left. */
export const ttlSpan = (leftMs: number): Span =>
  leftMs > 0 ? span(clock(leftMs), 'title') : span(`OVERDUE ${age(-leftMs)}`, 'bad');

/** `2 faults live   next TTL 2:41 ImageCorrupt`, in the words every screen shares. */
export function faultSpans(state: ConsoleState, { now, glyphs }: View): Span[] {
  const live = liveFaults(state, now);
  const isLooking = isFirstReadPending(state.health.unseen);
  const blind = state.health.unseen.length - (isLooking ? 1 : 0);
  const ttl = nextTtl(state, now);
  const isKnown = state.health.lastReceivedAt !== undefined;
  const spans: Span[] = [];
  if (live > 0) spans.push(span(`${glyphs.live} ${counted(live, 'fault')} live`, 'chaos'));
  else
    spans.push(
      isKnown && !isLooking
        ? span(blind > 0 ? 'no faults seen' : 'no faults live', 'dim')
        : span(`${glyphs.states.wait} faults: not known yet`, 'warn'),
    );
  if (live > 0 && isLooking) spans.push(span(', still looking', 'warn'));
  if (ttl) spans.push(span('   next TTL '), ttlSpan(ttl.leftMs), span(` ${ttl.type}`));
  if (blind > 0) spans.push(span(`   ${glyphs.states.blind} BLIND to ${counted(blind, 'kind')}`, 'warn'));
  return spans;
}

/** Rows that appear only for something more important than everything else: another context, outage, leftovers. */
export function bannerRows(state: ConsoleState, view: View): Line[] {
  const rows: Line[] = [];
  const { glyphs, now } = view;
  rows.push(...otherClusterRows(state, view), ...changeRows(state, view));
  const silence = outage(state, now);
  if (silence) {
    const since =
      silence.silentMs === undefined ? 'no answer from the cluster' : `no data for ${age(silence.silentMs)}`;
    rows.push(
      line(
        span(
          `${glyphs.states.fail} ${since}, ${silence.retryInMs === undefined ? 'trying again' : `retry in ${Math.ceil(silence.retryInMs / 1000)}s`}`,
          'bad',
        ),
        span(`  ${silence.reason}`, 'dim'),
      ),
    );
  }
  const { count, example } = state.leftovers;
  if (count > 0) {
    const many = `${counted(count, 'fault')} overdue or left by a dead run`;
    rows.push(
      line(
        span(`${glyphs.states.warn} ${many}: press `, 'warn'),
        span('!', 'key'),
        span(' to revert', 'warn'),
        span(example === '' ? '' : `   ${example}`, 'dim'),
      ),
    );
  }
  return rows;
}

/** What this console is doing in other clusters, and the way back from one that does not answer. */
function otherClusterRows({ shell, link, health, settings }: ConsoleState, { glyphs }: View): Line[] {
  const rows = shell.otherClusters.map(({ context, live, underWay, residue, isGuarded }) => {
    const faults = counted(live, 'fault');
    const what =
      live > 0
        ? `${faults} live in ${context}`
        : underWay > 0
          ? `a run under way in ${context}`
          : `${residue} not restored in ${context}`;
    const who =
      underWay === 0 ? '' : isGuarded ? '  this console and its guardian revert it' : '  this console reverts it';
    return line(
      span(`${glyphs.live} ${what}`, underWay > 0 ? 'chaos' : 'bad'),
      span(`${who}  `, 'dim'),
      span(pressFor(settings.keys, 'deck', 'palette', ':'), 'key'),
      ` ctx ${context}`,
    );
  });
  if (shell.before === undefined || health.lastReceivedAt !== undefined) return rows;
  const name = link.state === 'connected' ? link.context : (settings.context ?? '');
  return [
    ...rows,
    line(
      span(`${glyphs.states.wait} opening ${name}: no answer yet; `, 'warn'),
      span('esc', 'key'),
      span(` goes back to ${shell.before}`, 'warn'),
    ),
  ];
}

/** The kubeconfig leads elsewhere than when this connection was made. */
const changeRows = ({ kubeconfigChange, settings }: ConsoleState, { glyphs, columns }: View): Line[] =>
  kubeconfigChange === ''
    ? []
    : [
        ...wrap(sanitise(kubeconfigChange), columns - 2)
          .slice(0, 2)
          .map((text, i) => line(span(`${i === 0 ? glyphs.states.fail : ' '} ${text}`, 'bad'))),
        line(
          span('  injecting is locked: ', 'warn'),
          span(pressFor(settings.keys, 'deck', 'acknowledge', 'K'), 'key'),
          span(' acknowledges it, reverting works', 'warn'),
        ),
      ];

/** The rows above the keys: the newest notice, for a while, two rows at most. */
export function noticeRows(state: ConsoleState, { now, glyphs, columns }: View): Line[] {
  const { notice } = state;
  if (!notice || (notice.until !== undefined && now.monotonic >= notice.until)) return [];
  const { fail, warn } = glyphs.states;
  const glyph = notice.tone === 'bad' ? fail : notice.tone === 'warn' ? warn : glyphs.arrow;
  return wrap(notice.text, columns - 2)
    .slice(0, 2)
    .map((text, i) => line(span(`${i === 0 ? glyph : ' '} ${text}`, notice.tone)));
}
