import { close } from '../../app/context.ts';
import { BACK, EMERGENCY } from '../../keymap/key.ts';
import type { ConsoleState } from '../../store/state.ts';
import { pane } from '../../widgets/layout.ts';
import { BLANK, type Line, line, span } from '../../widgets/line.ts';
import { rule } from '../../widgets/rule.ts';
import { timeOfDay } from '../../widgets/time.ts';
import type { View } from '../../widgets/view.ts';
import type { ScreenFolder } from '../screen.ts';

/** One line into the journal of the day, from any screen. Its time is that of the key that opened it. */
export const note: ScreenFolder<'note'> = {
  id: 'note',
  keys: [EMERGENCY, { id: 'write-note', keys: ['enter'], says: 'save the note', hint: 1 }, { ...BACK, keys: ['esc'] }],
  body: (state, view, { columns, rows }) => pane(columns, rows, lines(state, view, columns)),
  commands: ({ context, leading }) => ({
    'write-note': () => {
      leading.saveNote();
      close(context);
    },
  }),
  typing: () => true,
  type: ({ leading }, text) => leading.typeNote(text),
  erase: ({ leading }) => leading.eraseNote(),
};

function lines({ day }: ConsoleState, view: View, columns: number): Line[] {
  const at = day.note === undefined ? '' : timeOfDay(day.note.at);
  return [
    rule('NOTE', columns, view, at, true),
    BLANK,
    line('  ', span(at, 'dim'), '  ', span(day.note?.text ?? ''), span('_', 'key')),
    BLANK,
    line(span('  #word in front tags it, such as #alert', 'dim')),
    ...day.notes.slice(-5).map(one => line(span(`  ${timeOfDay(one.at)}  ${one.text}   ${one.by.name}`, 'dim'))),
  ];
}
