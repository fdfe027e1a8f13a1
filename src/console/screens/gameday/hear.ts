import type { DayUpdate } from '../../../gameday/day/lead.ts';
import type { DayRecord } from '../../../gameday/journal/read-day.ts';
import type { DayEntry } from '../../../gameday/journal/record.ts';
import type { DayFacts } from '../../deps.ts';
import type { DayView, ScenarioView } from './view.ts';

/** The agenda as the journal left it. */
export function agendaOf({ scenarios, soFar }: Pick<DayFacts, 'scenarios' | 'soFar'>): ScenarioView[] {
  return scenarios.map(one => ({ ...one, ...knownOf(soFar, one.name) }));
}

/** Ends after which a scenario is done once more. */
const AGAIN = new Set(['died', 'stopped', 'refused']);

function knownOf(soFar: DayRecord, name: string): Omit<ScenarioView, 'name' | 'hypothesis' | 'byHand'> {
  const known = soFar.scenarios.find(one => one.name === name);
  if (known === undefined || known.end === undefined || AGAIN.has(known.end))
    return { state: 'due', why: '', verdicts: [] };
  return {
    state: known.end,
    why: known.why ?? '',
    verdicts: known.runs.flatMap(({ result }) => (result === undefined ? [] : [result.verdict])),
    armedAt: known.armedAt,
    ...(known.endedAt === undefined ? {} : { endedAt: known.endedAt }),
    ...(known.outcome === undefined ? {} : { outcome: known.outcome.outcome }),
  };
}

/** What the screen shows after this. */
export function heard(day: DayView, update: DayUpdate): Partial<DayView> {
  if (update.is === 'standings') return { standings: update.standings, probes: update.probes };
  if (update.is === 'stage') return { stage: update.stage };
  return heardEntry(day, update.entry);
}

function heardEntry(day: DayView, entry: DayEntry): Partial<DayView> {
  const change = (name: string, to: (scenario: ScenarioView) => Partial<ScenarioView>): Partial<DayView> => ({
    scenarios: day.scenarios.map(one => (one.name === name ? { ...one, ...to(one) } : one)),
  });
  switch (entry.kind) {
    case 'begin':
      return { beganAt: entry.at };
    case 'armed':
      return change(entry.scenario, () => ({ state: 'under way', armedAt: entry.at, why: '' }));
    case 'result':
      return change(entry.scenario, ({ verdicts }) => ({ verdicts: [...verdicts, entry.result.verdict] }));
    case 'ended':
      return change(entry.scenario, () => ({ state: entry.end, why: entry.why, endedAt: entry.at }));
    case 'outcome':
      return change(entry.scenario, () => ({ outcome: entry.outcome }));
    case 'seen':
      return entry.scenario === undefined
        ? {}
        : change(entry.scenario, ({ seenBy }) => ({ seenBy: seenBy ?? entry.by.name }));
    case 'note':
      return { notes: [...day.notes, entry].toSorted((a, b) => a.at - b.at) };
    case 'tripped':
      return { latched: `condition ${entry.condition} tripped: ${entry.says}` };
    case 'stop':
      return { latched: `stopped by ${entry.by.name} (${entry.by.role})` };
    case 'unlatch':
      return { latched: undefined };
    default:
      return {};
  }
}
