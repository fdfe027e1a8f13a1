import { type Context, open } from '../../app/context.ts';
import type { DayPane } from './pane.ts';

const LONGEST_NOTE = 400;

/** A note that is being typed, with the time at which it was begun. */
export interface Notes {
  openNote(): void;
  typeNote(text: string): void;
  eraseNote(): void;
  saveNote(): void;
}

export function createNotes(context: Context, { view, update, led, written }: DayPane): Notes {
  return {
    openNote() {
      update({ note: { at: context.now().server, text: '' } });
      open(context, 'note');
    },
    typeNote(text) {
      const { note } = view();
      if (note) update({ note: { ...note, text: (note.text + text).slice(0, LONGEST_NOTE) } });
    },
    eraseNote() {
      const { note } = view();
      if (note) update({ note: { ...note, text: [...note.text].slice(0, -1).join('') } });
    },
    saveNote() {
      const { note } = view();
      update({ note: undefined });
      if (!led.day || note === undefined || note.text.trim() === '') return;
      const { text, tag } = tagged(note.text);
      written(led.day.note(led.by, text, note.at, tag));
    },
  };
}

/** `#alert pager went off` is a note that is tagged `alert`. */
function tagged(text: string): { text: string; tag?: string } {
  const [, tag, rest] = /^#([\w-]+)\s+(.*)$/s.exec(text.trim()) ?? [];
  return tag === undefined || rest === undefined ? { text: text.trim() } : { text: rest, tag };
}
