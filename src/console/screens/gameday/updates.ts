import { doneRuns, isDue, lastRuns } from '../../../gameday/day/missing.ts';
import type { DayUpdate } from '../../../gameday/day/order.ts';
import type { DayRecord, DayRun } from '../../../gameday/journal/read-day.ts';
import type { DayEntry } from '../../../gameday/journal/record.ts';
import type { DayFacts } from '../../session/day.ts';
import type { DayView, ScenarioView } from './view.ts';

/** The agenda as the journal left it. */
export function agendaOf({ scenarios, soFar }: Pick<DayFacts, 'scenarios' | 'soFar'>): ScenarioView[] {
  return scenarios.map(one => ({ ...one, ...knownOf(soFar, one.name) }));
}

function knownOf(soFar: DayRecord, name: string): Omit<ScenarioView, 'name' | 'hypothesis' | 'byHand' | 'runs'> {
  const known = soFar.scenarios.find(one => one.name === name);
  const verdictsOf = (runs: readonly DayRun[]) => runs.flatMap(({ result }) => result?.verdict ?? []);
  if (known === undefined || known.end === undefined || isDue(soFar, name))
    return { state: 'due', why: '', verdicts: known === undefined ? [] : verdictsOf(doneRuns(known)) };
  return {
    state: known.end,
    why: known.why ?? '',
    verdicts: verdictsOf(lastRuns(known)),
    armedAt: known.armedAt,
    ...(known.endedAt === undefined ? {} : { endedAt: known.endedAt }),
    ...(known.outcome === undefined ? {} : { outcome: known.outcome.outcome }),
  };
}

/** What the screen shows after this. */
export function withUpdate(day: DayView, update: DayUpdate): Partial<DayView> {
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
    case 'waiting':
      return change(entry.scenario, () => ({ waiting: `${entry.experiment}: ${entry.says}` }));
    case 'run':
      return change(entry.scenario, () => ({ waiting: undefined }));
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
    case 'alert':
      return change(entry.scenario, one => ({ alert: one.alert ?? entry.name }));
    case 'alerts':
      return change(entry.scenario, () => ({
        alertsBlind: entry.why === undefined ? undefined : `${entry.source}: ${entry.why}`,
      }));
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
