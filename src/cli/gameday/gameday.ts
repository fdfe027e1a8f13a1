import { basename, join } from 'node:path';
import { disk } from '../../experiment/files.ts';
import { issueLine } from '../../experiment/report.ts';
import { filesBeside, readAgenda } from '../../gameday/day/agenda.ts';
import { planTemplate } from '../../gameday/plan/template.ts';
import { writePrivate } from '../../host/disk/private-file.ts';
import { paths } from '../../runtime/paths.ts';
import { counted } from '../../text/counted.ts';
import type { CleanIssue } from '../../text/issue.ts';
import type { CommandBody, Invocation } from '../command.ts';
import { CommandFailure, EXIT, type ExitCode } from '../failure.ts';
import { refuseForm } from '../output/forms.ts';
import { linePrinter, print } from '../output/output.ts';
import { leadCommand } from './lead.ts';
import { addNote } from './note.ts';
import { readPlanFile } from './plan.ts';
import { reportCommand } from './report.ts';

const ACTIONS: Readonly<Record<string, (invocation: Invocation) => Promise<ExitCode> | ExitCode>> = {
  new: makePlan,
  validate: validatePlan,
  run: invocation => leadCommand(invocation, 'run'),
  resume: invocation => leadCommand(invocation, 'resume'),
  note: addNote,
  report: reportCommand,
};

/** `mayday gameday ACTION [FILE…]`: everything about a game-day, from its plan to its report. */
export const gameDayCommand: CommandBody = async invocation => {
  const { globals, args } = invocation;
  const action = String(args[0]);
  const files = args[1] as string[];
  const body = Object.hasOwn(ACTIONS, action) ? ACTIONS[action] : undefined;
  if (body === undefined)
    throw new CommandFailure(`expected one of ${Object.keys(ACTIONS).join(', ')}, found ${action}`);
  if (action !== 'report') {
    if (files.length > 1)
      throw new CommandFailure(`expected one file for gameday ${action}, found ${files.length}: ${files.join(' ')}`);
    refuseForm(`gameday ${action}`, globals.output);
  }
  return body({ ...invocation, args: [action, ...files] });
};

/** `mayday gameday new FILE`: writes a plan to start from. */
function makePlan({ globals, args, options }: Invocation): ExitCode {
  const path = args[1];
  if (typeof path !== 'string') throw new CommandFailure('expected a file to write the plan to, such as autumn.yaml');
  const name = basename(path)
    .replace(/\.[^.]*$/, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 63);
  const owner = globals.person ?? process.env.USER ?? 'me';
  const schema = join(paths(process.env).experiments, '../schemas/game-day.schema.json');
  const unwritten = writePrivate(path, planTemplate(name || 'game-day', owner, schema), {
    replace: options.force === true,
  });
  if (unwritten?.is === 'taken')
    throw new CommandFailure(`expected no file at ${path}, found one: name another, or replace it with --force`);
  if (unwritten !== undefined) throw new CommandFailure(`${path} was not written: ${unwritten.why}`);
  linePrinter(globals)(`${path} written; edit it, then: mayday gameday validate ${path}`);
  return EXIT.done;
}

/** `mayday gameday validate FILE`: checks everything that needs no cluster, including the experiments of the agenda. */
function validatePlan({ globals, args }: Invocation): ExitCode {
  const path = args[1];
  if (typeof path !== 'string') throw new CommandFailure('expected a plan to check, such as autumn.yaml');
  const reading = readPlanFile(path);
  const issues: readonly CleanIssue[] = reading.ok ? agendaIssues(reading.plan) : reading.issues;
  const scenarios = reading.ok ? reading.plan.day.spec.agenda.length : 0;
  print({ path, valid: issues.length === 0, errors: issues }, globals, () =>
    issues.length === 0
      ? `valid    ${path}  ${counted(scenarios, 'scenario')}`
      : [`INVALID  ${path}`, ...issues.map(issue => `  error   ${issueLine(issue)}`)],
  );
  return issues.length === 0 ? EXIT.done : EXIT.usage;
}

function agendaIssues(plan: Parameters<typeof readAgenda>[0]): CleanIssue[] {
  const agenda = readAgenda(plan, filesBeside(plan.path, disk));
  return agenda.ok ? [] : agenda.issues;
}
