import type { Human } from '../../../gameday/day/human.ts';
import type { Outcome } from '../../../gameday/journal/record.ts';
import { messageOf } from '../../../text/message-of.ts';
import { type Context, notify, open } from '../../app/context.ts';
import type { Runs } from '../../app/runs.ts';
import type { DayOrder } from '../../session/day.ts';
import type { DayPane, Questions } from './pane.ts';
import { agendaOf, withUpdate } from './updates.ts';
import type { Asking } from './view.ts';

/** Begins a plan: from here on the day goes on by itself, and asks. `putBack` is called when the faults that a dead process left were reverted. */
export function beginDay(
  context: Context,
  runs: Runs,
  pane: DayPane,
  { human, path, putBack }: { human: Human; path: string | undefined; putBack: () => void },
): void {
  const { session } = context;
  const { view, update } = pane;
  const chosen = path ?? view().plans[view().at];
  const missing = !session
    ? 'not connected yet'
    : chosen === undefined
      ? 'no plan to begin: mayday --gameday FILE'
      : undefined;
  if (missing !== undefined) notify(context, missing, 'warn');
  if (!session || chosen === undefined) return;
  if (view().phase === 'opening' || view().phase === 'under way') return;
  open(context, 'gameday');
  update({ phase: 'opening', message: chosen, asking: undefined });
  const { person } = context.deps.settings;
  session
    .leadDay({
      path: chosen,
      ...(person === undefined ? {} : { person }),
      human,
      signal: context.ended,
      stopWaiting: new AbortController().signal,
      run: (loaded, emit, start) => runs.lead(loaded, emit, start),
      begun: (day, facts) => underWay(pane, day, facts),
      onUpdate(news) {
        update(withUpdate(view(), news));
        if (news.is === 'entry' && news.entry.kind === 'lifted') putBack();
        if (news.is === 'entry' && news.entry.kind === 'tripped') alarm(context, news.entry);
      },
    })
    .then(
      end => update({ phase: 'over', message: `${end.says}; exit code ${end.exitCode}`, asking: undefined }),
      (error: unknown) => update({ phase: 'failed', message: messageOf(error) }),
    );
}

type Begun = Parameters<DayOrder['begun']>;

function underWay({ update, led }: DayPane, day: Begun[0], facts: Begun[1]): void {
  led.day = day;
  led.by = facts.by;
  led.answerFor = facts.answerFor;
  const { notes, begin: head } = facts.soFar;
  update({
    phase: 'under way',
    facts,
    scenarios: agendaOf(facts),
    notes,
    journal: day.journal,
    latched: day.latched(),
    ...(head === undefined ? {} : { beganAt: head.at }),
  });
}

const alarm = (context: Context, { condition, says }: { condition: string; says: string }): void =>
  notify(context, `TRIPPED ${condition}: ${says}; the fault is being reverted`, 'alarm', 30_000);

/** A person at this console, as the day asks them. */
export const humanOf = ({ ask }: Questions, { led }: Pick<DayPane, 'led'>): Human => ({
  next: ({ scenario }, { ok, items }, signal) =>
    ask({ is: 'next', scenario: scenario.name, ok, items }, signal, 'stop'),
  byHand: ({ scenario }, signal) => ask<void>({ is: 'by-hand', scenario: scenario.name }, signal, undefined),
  outcome: async ({ scenario }, ended, signal) => {
    const so: Partial<Outcome> = ended.seenBy === undefined ? {} : { detected: true, detectedBy: ended.seenBy };
    const asking: Asking = { is: 'outcome', scenario: scenario.name, step: 'outcome', so };
    const said = await ask<Outcome>(asking, signal, { outcome: 'unsure', ...so });
    return { ...said, by: led.by };
  },
});
