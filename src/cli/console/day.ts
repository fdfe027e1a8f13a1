import type { DayOrder } from '../../console/session/day.ts';
import type { DayEnd } from '../../gameday/day/deps.ts';
import { lead } from '../../gameday/day/lead.ts';
import { readDay } from '../../gameday/journal/read-day.ts';
import type { Api } from '../../kube/client/api.ts';
import { leadDeps } from '../../runtime/game-day.ts';
import { engineFor, guardFor, locksFor } from '../../runtime/open-engine.ts';
import type { Runtime } from '../../runtime/runtime.ts';
import { CommandFailure } from '../failure.ts';
import { loadDay, loadFromJournal } from '../gameday/load.ts';
import { personOf } from '../gameday/plan.ts';
import { asConsoleRuns } from './runs.ts';

/** Leads a day for the console: as `mayday gameday` does, but with people who answer by keys. */
export async function leadDay(runtime: Runtime, api: Api, order: DayOrder): Promise<DayEnd> {
  const { path, person, onUpdate, human, signal, stopWaiting } = order;
  if (runtime.options.readOnly || runtime.config.readOnly)
    throw new CommandFailure('read-only: a game-day injects, nothing was begun');
  const due = path.endsWith('.jsonl') ? await loadFromJournal(path, runtime, api) : loadDay(path);
  const by = personOf(due.plan, person);
  const locks = locksFor(runtime, api);
  const engine = engineFor(runtime, api, { guard: guardFor(runtime, api), locks });
  const run = asConsoleRuns(engine, order.run);
  const despite = new Set<string>();
  return lead(leadDeps(runtime, api, { ...engine, run }, locks), {
    ...due,
    by,
    despite,
    signal,
    stopWaiting,
    onUpdate,
    human: day => {
      const { metadata, spec } = due.plan.day;
      order.begun(day, {
        plan: metadata.name,
        objective: spec.objective,
        by,
        answerFor: items => {
          for (const item of items) despite.add(item);
        },
        scenarios: due.agenda.map(({ scenario, hypothesis, experiments }) => ({
          name: scenario.name,
          hypothesis,
          runs: experiments.length,
          ...(scenario.byHand === undefined ? {} : { byHand: scenario.byHand }),
        })),
        soFar: readDay(due.begun?.text.split('\n') ?? []),
      });
      return human;
    },
  });
}
