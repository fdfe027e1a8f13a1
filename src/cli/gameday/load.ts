import { disk } from '../../experiment/files.ts';
import { filesBeside, keptFiles, readAgenda } from '../../gameday/day/agenda.ts';
import { isDue } from '../../gameday/day/missing.ts';
import type { DayOrder } from '../../gameday/day/order.ts';
import { readDay } from '../../gameday/journal/read-day.ts';
import { type Plan, readPlan } from '../../gameday/plan/read-plan.ts';
import { isAlive } from '../../host/process.ts';
import type { Api } from '../../kube/client/api.ts';
import { engineFor } from '../../runtime/open-engine.ts';
import type { Runtime } from '../../runtime/runtime.ts';
import { sanitise } from '../../text/sanitise.ts';
import { shellWord } from '../../text/shell-word.ts';
import { CommandFailure } from '../failure.ts';
import { type BegunDay, readJournal, takeOver } from './journal.ts';
import { planFailure, readPlanFile } from './plan.ts';

/** The day to lead; read before a connection is made. */
export interface LoadedDay {
  plan: Plan;
  agenda: DayOrder['agenda'];
  kept: DayOrder['kept'];
  begun?: BegunDay;
}

/** Reads a plan with its experiments; throws a usage failure where something is wrong with it. */
export function loadDay(path: unknown): LoadedDay {
  if (typeof path !== 'string') throw new CommandFailure('expected a plan to run, such as autumn.yaml');
  const reading = readPlanFile(path);
  if (!reading.ok) throw planFailure(path, reading.issues);
  const { plan } = reading;
  const agenda = readAgenda(plan, filesBeside(plan.path, disk));
  if (!agenda.ok) throw planFailure(path, agenda.issues);
  return { plan, agenda: agenda.scenarios, kept: agenda.files };
}

/** The day that a journal leaves to finish, from its own copies of the plan and of the files. */
export async function loadFromJournal(named: unknown, runtime: Runtime, api: Api): Promise<LoadedDay> {
  const { files: _, ...day } = await takeOver(readJournal(named, runtime.paths.state), runtime.paths.state);
  const { begin, path, text } = day;
  expectNobodyLeads(text, path, runtime.host);
  await expectSameCluster(begin.clusterUid, begin.context, runtime, api);
  const [file, ...kept] = begin.files;
  const reading = readPlan(file?.text ?? '', file?.path ?? path);
  if (!reading.ok) throw planFailure(path, reading.issues);
  const agenda = readAgenda(reading.plan, keptFiles(kept, filesBeside(reading.plan.path, disk)));
  if (!agenda.ok) throw planFailure(path, agenda.issues);
  return { plan: reading.plan, agenda: agenda.scenarios, kept, begun: day };
}

/** Refuses a day that has ended with nothing left to do; needs no cluster. */
export function expectSomethingLeft(named: unknown, stateDir: string): void {
  const { text, path, begin } = readJournal(named, stateDir);
  const record = readDay(text.split('\n'));
  const reading = readPlan(begin.files[0]?.text ?? '', path);
  if (record.end === undefined || !reading.ok) return;
  if (reading.plan.day.spec.agenda.some(({ name }) => isDue(record, name))) return;
  throw new CommandFailure(
    `expected a day with something left to do, found one that has ended (${sanitise(record.end.says, 200)}): \`mayday gameday report ${shellWord(path)}\` prints its report`,
  );
}

async function expectSameCluster(uid: string, context: string, runtime: Runtime, api: Api): Promise<void> {
  const here = await engineFor(runtime, api).clusterUid();
  if (here === uid) return;
  throw new CommandFailure(
    `expected the cluster in which the day began (context ${context}, kube-system ${uid}), found another (context ${api.identity.context}, ${here}): name it with --context`,
  );
}

function expectNobodyLeads(text: string, path: string, host: string): void {
  const { begin, sessions, end } = readDay(text.split('\n'));
  const last = [begin, ...sessions.filter(({ adds }) => !adds)].at(-1);
  if (last === undefined || end !== undefined || last.host !== host || last.pid === process.pid) return;
  if (!isAlive(last.pid, last.processStart)) return;
  const { name, role } = last.by;
  throw new CommandFailure(
    `expected a day that nobody leads, found ${sanitise(name, 80)} (${role}) leading it with process ${last.pid}: add to it by \`mayday gameday note ${path} --text …\` or \`--seen\`, or end that process first`,
  );
}
