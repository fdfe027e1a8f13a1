import { isRestored } from '../../../injection/write/receipt.ts';
import { strippedText } from '../../../revert/report.ts';
import { counted } from '../../../text/counted.ts';
import { pressFor } from '../../keymap/remap.ts';
import type { RevertEnd } from '../../session/revert.ts';
import type { ConsoleState, MaydayView } from '../../store/state.ts';
import { ends, type Line, line, type Span, span } from '../../widgets/line.ts';
import type { View } from '../../widgets/view.ts';
import { waiting } from './question.ts';
import { questionRows } from './question-lines.ts';

/** The last rows: what the next key does, or what the revert came to. */
export function resultRows(state: ConsoleState, view: View): Line[] {
  const { mayday } = state;
  const { glyphs } = view;
  if (mayday.asked) return questionRows(mayday.asked);
  if (mayday.end) return [endRow(state, mayday.end, view)];
  if (mayday.isQueued) return queuedRows(mayday, view);
  switch (mayday.phase) {
    case 'unreachable':
      return [line(span(`${glyphs.states.fail} ${mayday.message}; the scan is tried again until it answers`, 'bad'))];
    case 'found':
      return [
        mayday.findings.length + mayday.orders.length + mayday.unmarked.length === 0
          ? cleanRow(mayday, glyphs)
          : revertRow(state),
      ];
    case 'scanning':
      return [revertRow(state)];
    default:
      return [line(span(mayday.message, 'dim'))];
  }
}

/** A revert that waits for the cluster, and what kept it from starting. */
const queuedRows = ({ phase, message }: MaydayView, { glyphs }: View): Line[] => [
  ...(phase === 'unreachable' ? [line(span(`${glyphs.states.fail} ${message}`, 'bad'))] : []),
  line(
    span(' ! ', 'alarm'),
    span(' waits: it starts as soon as the cluster answers', 'title'),
    span('   esc takes it back', 'dim'),
  ),
];

const revertRow = ({ settings, mayday: { phase, findings, orders } }: ConsoleState): Line => {
  // What lost its marks cannot be restored: only a person can settle it.
  const does =
    phase === 'found' && findings.length + orders.length === 0
      ? ') asks what becomes of it'
      : ') reverts all of it, verified';
  return line(
    span(' ! ', 'alarm'),
    span(' once more (or ', 'title'),
    span(pressFor(settings.keys, 'mayday', 'revert-all', 'y'), 'key'),
    span(does, 'title'),
    span('   esc leaves it as it is', 'dim'),
  );
};

const cleanRow = ({ blind }: MaydayView, { states }: View['glyphs']): Line =>
  blind.length > 0
    ? line(span(`${states.blind} nothing found in what could be read; BLIND to ${blind.length}`, 'warn'))
    : line(span(`${states.ok} no injection in the cluster`, 'ok'));

function endRow({ mayday, settings }: ConsoleState, end: RevertEnd, { glyphs, columns }: View): Line {
  const verified = end.receipts.filter(isRestored).length;
  const facts = `   verified ${verified}${strippedText(end.receipts)}   requests ${end.requests}   ${(end.ms / 1000).toFixed(1)}s`;
  const asked = waiting(mayday);
  if (asked === 0) return line(remainSpan(end, glyphs), facts);
  const key = span(pressFor(settings.keys, 'mayday', 'ask', 'w'), 'key');
  return ends(
    line(remainSpan(end, glyphs), facts),
    line(key, ` ${counted(asked, 'needs', 'need')} your word`),
    columns,
  );
}

/** The number that remain is only good news when everything could be looked at. */
function remainSpan({ remaining, blind, message }: RevertEnd, { states }: View['glyphs']): Span {
  if (remaining === undefined)
    return span(`${states.blind} REMAIN unknown: ${message ?? 'the second look failed'}`, 'bad');
  if (remaining > 0) return span(`${states.fail} REMAIN ${remaining}`, 'bad');
  return blind > 0
    ? span(`${states.blind} REMAIN 0 seen, BLIND to ${blind}`, 'warn')
    : span(`${states.ok} REMAIN 0`, 'ok');
}
