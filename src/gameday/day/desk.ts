import type { DayJournal } from '../journal/day-journal.ts';
import type { By, DayEntry, EntryOf, Happened } from '../journal/record.ts';
import type { Role } from '../plan/document.ts';

/** Where everything that happens on a day is written down, in one order, and told to whoever listens. */
export interface Desk {
  /** Resolves once the record would survive a crash. */
  note(happened: Happened, at?: number): Promise<void>;
  /** A look both ways; the same as the one before is not written again. */
  looked(look: Omit<EntryOf<'look'>, 'v' | 'at'>): Promise<void>;
  /** Takes note of what another process wrote. */
  heard(entry: DayEntry): void;
  /** Resolves once everything noted so far would survive a crash; rejects where the disk refused any of it. */
  written(): Promise<void>;
  /** Why the day stands still: a condition tripped or somebody stopped it, and the owner has not said that it may go on. */
  latched(): string | undefined;
  /** Why the last look before this scenario said no. */
  lastNo(scenario: string): string;
}

/** Whether a person may take the day's latch off. Anybody may put it on. */
export const mayUnlatch = (role: Role): boolean => role === 'owner';

/** `soFar`: what the journal says already. Rejects when the disk refuses; then `broken` is told as well. */
export function openDesk(
  journal: DayJournal,
  soFar: readonly DayEntry[],
  hear: (entry: DayEntry) => void,
  broken: (error: unknown) => void,
): Desk {
  let latched = latchOf(soFar);
  let pending: Promise<unknown> = Promise.resolve();
  let refused: unknown;
  const nos = new Map<string, string>();
  let lastLook = '';
  const note = async (happened: Happened, at?: number): Promise<void> => {
    latched = latchAfter(latched, happened);
    const adding = journal.add(happened, at);
    pending = Promise.all([pending, adding]).catch(() => undefined);
    try {
      hear(await adding);
    } catch (error) {
      refused ??= error;
      broken(error);
      throw error;
    }
  };
  return {
    note,
    heard(entry) {
      latched = latchAfter(latched, entry);
      hear(entry);
    },
    async looked(look) {
      const no = look.items.filter(({ ok }) => !ok).map(({ name, reason }) => `${name}: ${reason}`);
      nos.set(look.before, no.join('; '));
      const text = JSON.stringify([look.before, no]);
      if (text === lastLook) return;
      lastLook = text;
      await note(look);
    },
    async written() {
      await pending;
      if (refused !== undefined) throw refused;
    },
    latched: () => latched,
    lastNo: scenario => nos.get(scenario) || 'passed over',
  };
}

const latchOf = (entries: readonly DayEntry[]): string | undefined =>
  entries.reduce<string | undefined>(latchAfter, undefined);

function latchAfter(latched: string | undefined, happened: Happened | DayEntry): string | undefined {
  switch (happened.kind) {
    case 'tripped':
      return `condition ${happened.condition} tripped: ${happened.says}`;
    case 'stop':
      return `stopped by ${told(happened.by)}: ${happened.why}`;
    case 'unlatch':
      return undefined;
    default:
      return latched;
  }
}

const told = ({ name, role }: By): string => `${name} (${role})`;
