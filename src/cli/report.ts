import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { disk } from '../experiment/files.ts';
import { writePrivate } from '../host/disk/private-file.ts';
import { VERSION } from '../host/version.ts';
import { csv } from '../report/formats/csv.ts';
import { frameworkFiles } from '../report/formats/framework.ts';
import { reportJson } from '../report/formats/json.ts';
import { junit } from '../report/formats/junit.ts';
import { markdown, summaryText } from '../report/formats/markdown.ts';
import { makeReport } from '../report/make.ts';
import type { Report } from '../report/model.ts';
import { type PastRun, pastRuns, previousReport } from '../report/past.ts';
import { type Places, readDayParts, readParts } from '../report/sources/read.ts';
import { paths } from '../runtime/paths.ts';
import { jsonText } from '../text/json.ts';
import { messageOf } from '../text/message-of.ts';
import { sanitise } from '../text/sanitise.ts';
import type { CommandBody, Invocation } from './command.ts';
import { CommandFailure, EXIT, type ExitCode } from './failure.ts';
import { printNotice } from './output/notice.ts';
import { print, writeToTerminal } from './output/output.ts';

/** `mayday report WHAT…`: a report from records alone, without the cluster. Without WHAT, a list of what was run on this machine. */
export const reportCommand: CommandBody = async invocation => {
  const whats = invocation.args[0] as string[];
  if (whats.length > 0) return writeReport(whats, invocation);
  const places = placesHere();
  const past = fromRecords(() => pastRuns(places));
  print({ past: past.map(pastJson) }, invocation.globals, () => pastText(past));
  return EXIT.done;
};

const placesHere = (): Places => ({ disk, stateDir: paths(process.env).state });

/** Writes the report of one run, suite or day, or of several journals of one day, in the form that was asked for. */
export async function writeReport(whats: readonly string[], { globals, options }: Invocation): Promise<ExitCode> {
  const report = made(whats, placesHere(), options);
  for (const problem of report.problems) printNotice(problem);
  if (globals.output === 'operator-chaos') return writeFramework(report, options);
  const to = typeof options.to === 'string' ? options.to : undefined;
  const text = await textOf(report, globals.output);
  if (to !== undefined) write(to, text ?? `${jsonText(reportJson(report), 2)}\n`, options);
  else if (text !== undefined) writeToTerminal(text);
  else print(reportJson(report), globals, () => summaryText(report));
  return EXIT.done;
}

function made(whats: readonly string[], places: Places, options: Invocation['options']): Report {
  const assigned = {
    ...(typeof options.owner === 'string' ? { owner: options.owner } : {}),
    ...dated(options, 'due', 'due'),
    ...dated(options, 'retest', 'retestOn'),
  };
  const by = { madeAt: Date.now(), madeBy: `mayday ${VERSION}`, assigned };
  const [what = '', ...more] = whats;
  const parts = more.length === 0 ? readParts(what, places) : readDayParts(whats, places);
  if (typeof parts === 'string') throw new CommandFailure(parts);
  const report = makeReport(parts, by);
  const { compare } = options;
  if (typeof compare !== 'string') return report;
  const other = compare === 'last' ? fromRecords(() => previousReport(report, places)) : compare;
  if (other === undefined)
    throw new CommandFailure(`expected an earlier ${report.source.kind} to compare with, found none on this machine`);
  const old = readParts(other, places);
  if (typeof old === 'string') throw new CommandFailure(old);
  return makeReport(parts, { ...by, before: makeReport(old, by) });
}

function dated(options: Invocation['options'], option: string, member: 'due' | 'retestOn'): Record<string, string> {
  const value = options[option];
  if (typeof value !== 'string') return {};
  if (/^\d{4}-\d\d-\d\d$/.test(value) && !Number.isNaN(Date.parse(value))) return { [member]: value };
  throw new CommandFailure(`expected --${option} to be a date such as 2026-12-01, found ${value}`);
}

/** The report in a form that only reports have; undefined for the common forms. */
async function textOf(report: Report, form: Invocation['globals']['output']): Promise<string | undefined> {
  if (form === 'md') return markdown(report);
  if (form === 'csv') return csv(report);
  if (form === 'junit') return junit(report);
  // Only this form needs React, so it is loaded here.
  return form === 'html' ? (await import('../report/formats/html.tsx')).html(report) : undefined;
}

function write(path: string, text: string, { force }: Invocation['options']): void {
  const problem = writePrivate(path, text, { replace: force === true });
  if (problem === undefined) {
    printNotice(`written to ${path}`);
    return;
  }
  throw new CommandFailure(
    problem.is === 'taken'
      ? `expected no file at ${path}, found one: name another, or replace it with --force; nothing was written`
      : `${path} was not written: ${problem.why}`,
  );
}

function writeFramework(report: Report, options: Invocation['options']): ExitCode {
  const { to } = options;
  const files = frameworkFiles(report.scenarios);
  if (typeof to !== 'string') throw new CommandFailure('expected --to with a folder for -o operator-chaos, found none');
  mkdirSync(to, { recursive: true });
  for (const { name, body } of files) write(join(to, name), `${jsonText(body, 2)}\n`, options);
  return EXIT.done;
}

/** Reads records; throws a one-line failure where they cannot be read, instead of giving an empty list. */
function fromRecords<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw new CommandFailure(sanitise(messageOf(error)), EXIT.internal);
  }
}

const pastJson = ({ at, ...rest }: PastRun) => ({ at: new Date(at).toISOString(), ...rest });

function pastText(past: readonly PastRun[]): string[] {
  if (past.length === 0) return ['nothing was run on this machine yet'];
  return past.map(({ kind, id, at, name, type, verdict, counts, residue, notRun, context, problem }) => {
    const verdicts = Object.entries(counts ?? {}).map(([word, count]) => `${count} ${word}`);
    const result =
      problem ??
      verdict ??
      ([...verdicts, ...(notRun > 0 ? [`${notRun} not run`] : [])].join(', ') || 'nothing was run');
    const rest = residue > 0 ? `, ${residue} REMAIN` : '';
    const time = new Date(at).toISOString().slice(0, 16).replace('T', ' ');
    return `${id}  ${time}  ${kind.padEnd(5)}  ${name}${type === undefined ? '' : ` ${type}`}: ${result}${rest}${context === undefined ? '' : `  (${context})`}`;
  });
}
