import type { ObjectRef } from '../../../k8s/object.ts';
import { age } from '../../../text/duration.ts';
import { pressFor } from '../../keymap/remap.ts';
import { allFaults, chosenFault, type FaultEntry, faultAuthor, faultTarget, faultType } from '../../store/select.ts';
import type { ConsoleState } from '../../store/state.ts';
import { cell, itemLine, type Line, line, select, span } from '../../widgets/line.ts';
import { windowOf } from '../../widgets/list.ts';
import { namedRow } from '../../widgets/named-row.ts';
import { objectName } from '../../widgets/object-name.ts';
import { rule } from '../../widgets/rule.ts';
import type { View } from '../../widgets/view.ts';
import type { Size } from '../screen.ts';
import { enderOf } from './ender.ts';
import { effectText, recoveryText, sinceOf, ttlText } from './fault-texts.ts';
import type { FaultsLook } from './view.ts';

/** The longest name of a type, `LeaderElectionDisrupt`. */
const LONGEST_TYPE = 21;
/** Rows of one fault. */
const HEIGHT = 3;

/** Everybody's faults: what, where, both clocks, whose and since when, who ends it, and whether it took effect. */
export function faultsLines(state: ConsoleState, view: View, { columns, rows }: Size): Line[] {
  const all = allFaults(state, view.now);
  const head = rule('FAULTS', columns, view, headText(state, all.length, view), true);
  if (all.length === 0) return [head, line(span(`  ${emptyText(state)}`, 'dim'))];
  const chosen = chosenFault(state, view.now)?.key;
  const at = Math.max(
    0,
    all.findIndex(({ key }) => key === chosen),
  );
  const { first, last } = windowOf(all.length, at, Math.floor((rows - 1) / HEIGHT));
  return [
    head,
    ...all
      .slice(first, last)
      .flatMap(entry =>
        entryLines(entry, entry.key === chosen, state, view, columns).map(one => itemLine(one, 'faults', entry.key)),
      ),
  ];
}

function headText({ look }: ConsoleState, count: number, { now }: View): string {
  if (look.phase === 'looking') return `${count}, scanning every kind`;
  if (look.phase === 'failed') return `${count}, not looked: ${look.message}`;
  const unread = unreadText(look);
  const blind = unread === undefined ? '' : `, ${unread}`;
  return look.at === undefined ? `${count}` : `${count}, looked ${age(Math.max(0, now.server - look.at))} ago${blind}`;
}

/** What a look could not read; undefined if it read everything. */
function unreadText({ blind, dead }: FaultsLook): string | undefined {
  const unread = [...(blind > 0 ? [`${blind} kinds`] : []), ...(dead === undefined ? ["this machine's journals"] : [])];
  return unread.length === 0 ? undefined : `BLIND to ${unread.join(' and ')}`;
}

/** An empty list is a claim only where everything was looked at. */
function emptyText({ look, settings }: ConsoleState): string {
  if (look.phase === 'failed') return `the cluster could not be read: ${look.message}`;
  if (look.phase !== 'done') return 'scanning every kind for faults…';
  const unread = unreadText(look);
  return unread !== undefined
    ? `none in what could be read; ${unread}`
    : `no fault in the cluster: ${pressFor(settings.keys, 'health', 'inject', 'i')} on an object injects one`;
}

function entryLines(entry: FaultEntry, isChosen: boolean, state: ConsoleState, view: View, columns: number): Line[] {
  const on = faultTarget(entry);
  const ender = enderOf(entry, state);
  const effect = effectText(entry, state, view);
  const since = sinceOf(entry);
  const ago = since === undefined ? '' : `, ${age(Math.max(0, view.now.server - since))} ago`;
  const clocks = line(recoveryText(entry, view), '  ', ttlText(entry, view));
  const start = line(isChosen ? view.glyphs.cursor : ' ', span(cell(faultType(entry), LONGEST_TYPE), 'chaos'), ' ');
  const head = namedRow(start, on, [clocks, line(ttlText(entry, view))], columns, isChosen ? 'title' : 'plain');
  return [
    isChosen ? select(head) : head,
    line(
      '   ',
      span(`by ${faultAuthor(entry)}${ago}`, 'dim'),
      '   ',
      span(effect.text, effect.tone),
      effect.evidence !== '' && span(`  ${withoutName(effect.evidence, on)}`, 'dim'),
    ),
    line('   ', span('ended by ', 'dim'), span(ender.words, ender.isSure ? 'plain' : 'warn')),
  ];
}

/** A sentence about an object that is named just above it. */
function withoutName(text: string, on: ObjectRef): string {
  const name = `${on.kind} ${objectName(on)}`;
  return text.replace(` of ${name}`, '').replace(` in ${name}`, '').replace(name, 'it');
}
