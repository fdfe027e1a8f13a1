import { counted } from '../../../text/counted.ts';
import { pressFor } from '../../keymap/remap.ts';
import type { ConsoleState } from '../../store/state.ts';
import { BLANK, cell, type Line, line, span } from '../../widgets/line.ts';
import { windowOf } from '../../widgets/list.ts';
import { rule } from '../../widgets/rule.ts';
import type { View } from '../../widgets/view.ts';
import type { FleetQuestion, FleetRow } from '../fleet/view.ts';

/** The question before the marked clusters are reverted. The answer is always in sight: where the clusters have no room, those that are not asked about give way. */
export function fleetQuestion(
  { fleet, settings }: ConsoleState,
  view: View,
  { columns, rows }: { columns: number; rows: number },
): Line[] {
  const { asked } = fleet;
  const head = rule('REVERT EVERYTHING IN THESE CLUSTERS', columns, view);
  if (asked === undefined) return [head, BLANK, line(span('  nothing is asked', 'dim'))];
  const [unnamed] = asked.unnamed;
  const press = (id: string, usual: string): string => pressFor(settings.keys, 'fleet-revert', id, usual);
  const ask =
    unnamed === undefined
      ? [
          line('  ', span(press('confirm', 'y'), 'key'), '    reverts everything in them and verifies it'),
          line('  ', span('esc', 'key'), '  leaves them'),
        ]
      : [
          line('  ', span(`type the name of ${unnamed}: `, 'warn'), span(asked.typed), span('_', 'key')),
          line('  ', span(press('answer', 'enter'), 'key'), ' continues; without its name the cluster is not changed'),
        ];
  const listed = asked.names.map(name => askedLine(name, asked, fleet.rows));
  const room = rows - ask.length - 3;
  if (listed.length <= room) return [head, BLANK, ...listed, BLANK, ...ask];
  const { first, last } = windowOf(listed.length, unnamed === undefined ? 0 : asked.names.indexOf(unnamed), room - 1);
  const hidden = listed.length - (last - first);
  const more = line(
    span(`  and ${counted(hidden, 'more cluster')}, ${counted(listed.length, 'cluster')} in all`, 'dim'),
  );
  return [head, BLANK, ...listed.slice(first, last), more, BLANK, ...ask];
}

function askedLine(name: string, { left, unnamed }: FleetQuestion, rows: readonly FleetRow[]): Line {
  const isLeft = left.includes(name);
  const row = rows.find(one => one.name === name);
  const why = row?.isProtected === undefined ? 'not reached, so perhaps protected' : 'protected';
  const will =
    row?.phase === 'unreachable'
      ? 'did not answer: will be tried again, and is counted'
      : 'will be reverted, then latched';
  const says = isLeft ? `${why}: left alone` : unnamed.includes(name) ? `${why}: its name must be typed` : will;
  return line(
    '  ',
    span(cell(name, 30, 'left', 'middle'), isLeft ? 'dim' : 'title'),
    ' ',
    span(says, isLeft ? 'dim' : 'plain'),
  );
}
