import type { DayRecord } from '../journal/read-day.ts';
import type { SafetyItem } from '../journal/record.ts';
import type { ReadyScenario } from './agenda.ts';
import type { DayDeps, DayEnd } from './deps.ts';
import { dayExitCode, type EndState } from './exit-code.ts';
import { isDue, lastRuns } from './missing.ts';
import { runScenario } from './scenario.ts';
import { STOPPED_ITEM } from './stopped-item.ts';

/** Leads a day from the end of its record to the end of its agenda. Whatever happens, every injection is reverted before it returns. */
export async function leadDay(deps: DayDeps): Promise<DayEnd> {
  const { agenda, record, recorder, day } = deps;
  const endStates: EndState[] = record.scenarios.filter(({ name }) => !isDue(record, name)).map(endStateOf);
  const due = agenda.filter(({ scenario }) => isDue(record, scenario.name));
  if (!record.baselines.some(({ when }) => when === 'before')) {
    for (const { to, text } of day.spec.notices.filter(({ when }) => when === 'before'))
      await recorder.note({ kind: 'notice', when: 'before', to, text });
    await save(deps, 'before');
  }
  let isStopped = false;
  for (const ready of due) {
    const decided = await decide(deps, ready);
    if (decided === 'stop') {
      isStopped = true;
      break;
    }
    if (decided !== 'go') {
      const end = decided === 'skip' ? 'skipped' : 'refused';
      await recorder.note({
        kind: 'ended',
        scenario: ready.scenario.name,
        end,
        why: recorder.lastRefusal(ready.scenario.name),
      });
      endStates.push({ end, results: [] });
      continue;
    }
    const ended = await runScenario(deps, ready);
    endStates.push(ended);
    if (ended.end === 'stopped' || ended.results.some(({ residue }) => residue > 0)) {
      isStopped = true;
      break;
    }
  }
  return close(deps, endStates, isStopped);
}

async function close(deps: DayDeps, ended: readonly EndState[], isStopped: boolean): Promise<DayEnd> {
  const { recorder, day } = deps;
  const residue = ended.some(({ results }) => results.some(one => one.residue > 0));
  if (!isStopped) {
    await save(deps, 'after');
    for (const { to, text } of day.spec.notices.filter(({ when }) => when === 'after'))
      await recorder.note({ kind: 'notice', when: 'after', to, text });
  }
  deps.stage({ at: 'over' });
  const exitCode = dayExitCode(ended, isStopped);
  const over = ended.filter(({ end }) => end === 'done').length;
  const others = (['aborted', 'stopped', 'refused', 'skipped'] as const).flatMap(end => {
    const count = ended.filter(one => one.end === end).length;
    return count === 0 ? [] : [`, ${count} ${end}`];
  });
  const left = residue ? '; something is NOT restored: mayday scan' : '';
  const says = `${over} of ${deps.agenda.length} scenarios done${others.join('')}${isStopped ? ', the day stopped before its end' : ''}${left}`;
  await recorder.note({ kind: 'end', exitCode, says });
  return { exitCode, says };
}

const endStateOf = (scenario: DayRecord['scenarios'][number]): EndState => ({
  end: scenario.end ?? 'died',
  results: lastRuns(scenario).flatMap(({ result }) => (result === undefined ? [] : [result])),
  ...(scenario.outcome === undefined ? {} : { outcome: scenario.outcome.outcome }),
});

async function save(deps: DayDeps, when: 'before' | 'after'): Promise<void> {
  deps.stage({ at: 'baseline' });
  await deps.recorder.note({ kind: 'baseline', when, ...(await deps.baseline(when)) });
}

/** Repeats the safety check until a person decides. */
async function decide(deps: DayDeps, ready: ReadyScenario): Promise<'go' | 'skip' | 'refused' | 'stop'> {
  const { recorder, human, signal, despite } = deps;
  const { name } = ready.scenario;
  for (;;) {
    if (signal.aborted) return 'stop';
    deps.stage({ at: 'looking', scenario: name });
    await deps.monitor.look();
    // `despite` does not apply to a stopped day: the owner must release the latch, which the journal records.
    const isAnswered = ({ name: one, ok: isOk }: SafetyItem) =>
      !isOk && one !== STOPPED_ITEM && despite.has(one) && deps.by.role === 'owner';
    const items = (await deps.look()).map(item => (isAnswered(item) ? answeredFor(item) : item));
    const ok = items.every(item => item.ok);
    await recorder.checked({ kind: 'look', before: name, ok, items });
    deps.stage({ at: 'deciding', scenario: name });
    const go = await human.next(ready, { ok, items }, signal);
    if (go === 'stop' || signal.aborted) return 'stop';
    if (go === 'skip') return ok ? 'skip' : 'refused';
    if (go === 'go' && ok) return 'go';
  }
}

const answeredFor = (item: SafetyItem): SafetyItem => ({
  ...item,
  ok: true,
  reason: `the owner answers for: ${item.reason}`,
});
