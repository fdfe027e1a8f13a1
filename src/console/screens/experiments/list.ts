import { dangerOf } from '../../../experiment/danger.ts';
import type { LoadedExperiment } from '../../../experiment/types.ts';
import type { Danger } from '../../../faults/rules/rules.ts';
import type { CatalogueEntry } from '../../deps.ts';
import { pressFor } from '../../keymap/remap.ts';
import { chosen } from '../../store/select.ts';
import type { ConsoleState } from '../../store/state.ts';
import { cell, itemLine, type Line, line, type Span, select, span } from '../../widgets/line.ts';
import { rule } from '../../widgets/rule.ts';
import type { View } from '../../widgets/view.ts';

export const dangerSpan = (danger: Danger): Span => {
  if (danger === 'high') return span('HIGH', 'bad');
  return danger === 'medium' ? span('medium', 'warn') : span('low', 'dim');
};

/** The picker: every experiment on disk, the cursor kept in sight, broken files shown with their error. */
export function experimentLines(
  state: ConsoleState,
  view: View,
  columns: number,
  rows: number,
  isFocused: boolean,
): Line[] {
  const { catalogue } = state;
  const { marked } = state.suite;
  const count =
    marked.size > 0
      ? `${marked.size} of ${catalogue?.length ?? 0} marked: ${pressFor(state.settings.keys, 'experiments', 'suite', 'S')} shows the suite`
      : `${catalogue?.length ?? ''}`;
  const head = rule('EXPERIMENTS', columns, view, count, isFocused);
  if (!catalogue) return [head, line(span('  reading the files…', 'dim'))];
  if (catalogue.length === 0)
    return [head, line(span('  no experiment files found: put ChaosExperiment YAML into experiments/', 'warn'))];
  const room = Math.max(1, rows - 1);
  const at = Math.max(
    0,
    catalogue.findIndex(entry => entry.path === chosen(state)?.path),
  );
  const first = Math.max(0, Math.min(at - Math.floor(room / 2), catalogue.length - room));
  return [
    head,
    ...catalogue
      .slice(first, first + room)
      .map((entry, i) =>
        experimentRow(
          entry,
          { isChosen: first + i === at, isFocused, isMarked: marked.has(entry.path) },
          view,
          columns,
        ),
      ),
  ];
}

function experimentRow(
  entry: CatalogueEntry,
  { isChosen, isFocused, isMarked }: { isChosen: boolean; isFocused: boolean; isMarked: boolean },
  view: View,
  columns: number,
): Line {
  const cursor = isChosen ? view.glyphs.cursor : ' ';
  const mark = isMarked && span('*', 'key');
  const row = entry.loaded
    ? line(cursor, mark, ...loadedCells(entry.loaded, columns - (isMarked ? 2 : 1)))
    : line(
        cursor,
        span(cell(entry.path, Math.floor(columns * 0.45), 'left', 'middle'), 'bad'),
        '  ',
        span(cell(`INVALID ${entry.error}`, columns - 3 - Math.floor(columns * 0.45)), 'bad'),
      );
  return itemLine(isChosen && isFocused ? select(row) : row, 'experiments', entry.path);
}

/** Name, injection type, where it lands, danger; narrow rows lose the place first, then the type. */
function loadedCells(loaded: LoadedExperiment, columns: number): (string | Span)[] {
  const { metadata, spec } = loaded.experiment;
  const danger = dangerSpan(dangerOf(loaded.experiment));
  const place = `${spec.target.operator}/${spec.target.component}`;
  const typeColumns = columns >= 50 ? 16 : 0;
  const placeColumns = columns >= 96 ? 30 : 0;
  const nameColumns = columns - 8 - (typeColumns ? typeColumns + 1 : 0) - (placeColumns ? placeColumns + 1 : 0);
  return [
    cell(metadata.name, nameColumns, 'left', 'middle'),
    ' ',
    ...(typeColumns ? [span(cell(spec.injection.type, typeColumns), 'chaos'), ' '] : []),
    ...(placeColumns ? [span(cell(place, placeColumns), 'dim'), ' '] : []),
    { ...danger, text: cell(danger.text, 6) },
  ];
}
