import { lead } from '../../gameday/day/lead.ts';
import type { Day } from '../../gameday/day/order.ts';
import { unattended } from '../../gameday/day/unattended.ts';
import type { By, DayEntry } from '../../gameday/journal/record.ts';
import { dayJson, dayLine, type LineFacts } from '../../gameday/line.ts';
import { type Interrupt, listenForInterrupt } from '../../host/interrupt.ts';
import type { Api } from '../../kube/client/api.ts';
import { leadDeps } from '../../runtime/game-day.ts';
import { engineFor, guardFor, locksFor } from '../../runtime/open-engine.ts';
import { paths } from '../../runtime/paths.ts';
import type { Runtime } from '../../runtime/runtime.ts';
import type { Invocation } from '../command.ts';
import { canAsk } from '../confirm.ts';
import { answered, askConsent } from '../consent.ts';
import { CommandFailure, EXIT, type ExitCode } from '../failure.ts';
import { printNotice } from '../output/notice.ts';
import { linePrinter, printJsonLine } from '../output/output.ts';
import { secondStopSignal } from '../second-stop.ts';
import { withCluster } from '../session.ts';
import { attended } from './human.ts';
import { expectSomethingLeft, type LoadedDay, loadDay, loadFromJournal } from './load.ts';
import { personOf } from './plan.ts';

/** `mayday gameday run FILE` and `mayday gameday resume [FILE]`: leads a day and prints it line by line; ctrl-c stops it, reverts and verifies. */
export async function leadCommand(invocation: Invocation, action: 'run' | 'resume'): Promise<ExitCode> {
  const { globals, options } = invocation;
  if (globals.readOnly === true) throw new CommandFailure('--read-only: a game-day injects, nothing was begun');
  if (action === 'resume') expectSomethingLeft(invocation.args[1], paths(process.env).state);
  if (options.yes !== true && !canAsk())
    throw new CommandFailure('expected --yes where nobody can be asked what comes of a scenario; nothing was begun');
  const named = action === 'run' ? loadDay(invocation.args[1]) : undefined;
  return withCluster(globals, async (api, runtime) => {
    if (runtime.config.readOnly) throw new CommandFailure('the configuration says readOnly: nothing was begun');
    const due = named ?? (await loadFromJournal(invocation.args[1], runtime, api));
    const by = personOf(due.plan, globals.person);
    const interrupt = listenForInterrupt();
    try {
      await askBefore(due, invocation, { api, runtime, signal: interrupt.signal });
      return await leadIt(due, by, invocation, { api, runtime, interrupt });
    } finally {
      interrupt.dispose();
    }
  });
}

/** Asks once, before the day, what `mayday run` asks before each dangerous experiment. */
async function askBefore(
  { agenda }: LoadedDay,
  invocation: Invocation,
  { api, runtime, signal }: { api: Api; runtime: Runtime; signal: AbortSignal },
): Promise<void> {
  const { answers, guarded } = answered(invocation, api, runtime);
  for (const loaded of agenda.flatMap(({ experiments }) => experiments))
    await askConsent(loaded, answers, guarded, signal);
}

async function leadIt(
  due: LoadedDay,
  by: By,
  { globals, options }: Invocation,
  { api, runtime, interrupt }: { api: Api; runtime: Runtime; interrupt: Interrupt },
): Promise<ExitCode> {
  const locks = locksFor(runtime, api);
  const engine = engineFor(runtime, api, { guard: guardFor(runtime, api), locks });
  const line = linePrinter(globals);
  const factsOf = lineFacts(due.agenda);
  let journal = '';
  const human = (day: Day) => {
    journal = day.journal;
    return options.yes === true
      ? unattended(runtime.clock, by, {
          goOn: options.goOn === true,
          unlatch: () => day.unlatch(by),
        })
      : attended(by, day, line);
  };
  const { exitCode } = await lead(leadDeps(runtime, api, engine, locks), {
    ...due,
    by,
    despite: new Set((options.despite as string[] | undefined) ?? []),
    signal: interrupt.signal,
    stopWaiting: secondStopSignal(interrupt),
    human,
    onUpdate: update => {
      if (update.is !== 'entry') return;
      const { entry } = update;
      if (globals.output !== 'text') return printJsonLine(dayJson(entry));
      const text = dayLine(entry, factsOf(entry));
      if (text !== undefined) line(text);
    },
  });
  printNotice(`journal ${journal}`);
  printNotice(`for a report: mayday gameday report ${journal} -o html --to day.html`);
  if (exitCode === EXIT.aborted || exitCode === EXIT.residue)
    printNotice(
      `to do what is missing: mayday gameday resume ${journal}; after an abort the owner says that it may go on (--go-on)`,
    );
  return exitCode as ExitCode;
}

/** What the line of a record needs: the experiment that it belongs to, and its time limit. */
function lineFacts(agenda: LoadedDay['agenda']): (entry: DayEntry) => LineFacts {
  const limits = new Map(
    agenda.flatMap(({ experiments }) =>
      experiments.map(({ path, experiment }) => [path, experiment.spec.hypothesis.recoveryTimeoutMs]),
    ),
  );
  const suites = new Set(agenda.flatMap(({ scenario: { name, suite } }) => (suite === undefined ? [] : [name])));
  const runs = new Map<string, LineFacts>();
  const none: LineFacts = { experiment: '', recoveryTimeoutMs: 60_000 };
  return entry => {
    if (entry.kind === 'run')
      runs.set(entry.run, {
        experiment: entry.experiment,
        recoveryTimeoutMs: limits.get(entry.path) ?? none.recoveryTimeoutMs,
        isOneOfSeveral: suites.has(entry.scenario),
      });
    return (entry.kind === 'event' ? runs.get(entry.event.run) : undefined) ?? none;
  };
}
