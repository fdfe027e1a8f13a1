import type { DayJournal } from '../journal/day-journal.ts';
import type { By, DayEntry, DayEvent, EntryOf } from '../journal/record.ts';
import type { Role } from '../plan/document.ts';

/** Writes everything that happens on a day into its journal, in one order, and passes it on to a listener. */
export interface DayRecorder {
  /** Resolves once the record would survive a crash. */
  note(event: DayEvent, at?: number): Promise<void>;
  /** Records a safety check, unless its result equals the one before. */
  checked(look: Omit<EntryOf<'look'>, 'v' | 'at'>): Promise<void>;
  /** Takes over an entry that another process wrote. */
  takeForeign(entry: DayEntry): void;
  /** Resolves once everything recorded so far would survive a crash; rejects where any of it could not be written. */
  written(): Promise<void>;
  /** Why the day is stopped: a condition tripped or a person stopped it, and the owner has not taken the latch off. */
  latched(): string | undefined;
  /** The items that failed in the last safety check before this scenario, as text. */
  lastRefusal(scenario: string): string;
}

/** Whether a person may take the day's latch off. Anybody may put it on. */
export const mayUnlatch = (role: Role): boolean => role === 'owner';

/** `soFar`: the entries that the journal has already. When a write fails, `note` rejects and `broken` is called. */
export function openRecorder(
  journal: DayJournal,
  soFar: readonly DayEntry[],
  onEntry: (entry: DayEntry) => void,
  broken: (error: unknown) => void,
): DayRecorder {
  let latched = latchOf(soFar);
  let pending: Promise<unknown> = Promise.resolve();
  let refused: unknown;
  const refusals = new Map<string, string>();
  let lastCheck = '';
  const note = async (event: DayEvent, at?: number): Promise<void> => {
    latched = latchAfter(latched, event);
    const adding = journal.add(event, at);
    pending = Promise.all([pending, adding]).catch(() => undefined);
    try {
      onEntry(await adding);
    } catch (error) {
      refused ??= error;
      broken(error);
      throw error;
    }
  };
  return {
    note,
    takeForeign(entry) {
      latched = latchAfter(latched, entry);
      onEntry(entry);
    },
    async checked(look) {
      const failed = look.items.filter(({ ok }) => !ok).map(({ name, reason }) => `${name}: ${reason}`);
      refusals.set(look.before, failed.join('; '));
      const text = JSON.stringify([look.before, failed]);
      if (text === lastCheck) return;
      lastCheck = text;
      await note(look);
    },
    async written() {
      await pending;
      if (refused !== undefined) throw refused;
    },
    latched: () => latched,
    lastRefusal: scenario => refusals.get(scenario) || 'skipped',
  };
}

const latchOf = (entries: readonly DayEntry[]): string | undefined =>
  entries.reduce<string | undefined>(latchAfter, undefined);

function latchAfter(latched: string | undefined, event: DayEvent | DayEntry): string | undefined {
  switch (event.kind) {
    case 'tripped':
      return `condition ${event.condition} tripped: ${event.says}`;
    case 'stop':
      return `stopped by ${actorText(event.by)}: ${event.why}`;
    case 'unlatch':
      return undefined;
    default:
      return latched;
  }
}

const actorText = ({ name, role }: By): string => `${name} (${role})`;
