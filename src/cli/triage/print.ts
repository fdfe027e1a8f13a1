import { glyphsFor } from '../../text/glyphs.ts';
import { findObject } from '../../triage/facts/find-object.ts';
import { related } from '../../triage/facts/related.ts';
import { refOf } from '../../triage/finding/build.ts';
import { begunSince, inNamespace, narrow, onAnyOf } from '../../triage/finding/narrow.ts';
import { outlookOf, type Triage } from '../../triage/finding/result.ts';
import type { About } from '../../triage/report/about.ts';
import { gateJson, triageJson } from '../../triage/report/json.ts';
import { triageMarkdown } from '../../triage/report/markdown.ts';
import { type ObjectLook, objectJson, objectText } from '../../triage/report/object.ts';
import { type Drawing, gateText, triageText } from '../../triage/report/text.ts';
import type { GateResult } from '../../triage/run/gate-run.ts';
import type { Looked } from '../../triage/run/look.ts';
import { CommandFailure, EXIT, type ExitCode } from '../failure.ts';
import type { GlobalOptions } from '../globals.ts';
import { columns, isTerminal, linePrinter, print, printJsonLine } from '../output/output.ts';
import type { TriageChoice } from './choice.ts';

/** The part of a triage that is shown: all of it, or what concerns a namespace, a period or an object. */
export interface Shown {
  triage: Triage;
  object?: ObjectLook;
}

/** Narrows a triage to what was asked for. `own` is the namespace of the context, for an object that is named without one. */
export function narrowed(
  { triage, view, now }: Looked,
  { object, withinMs }: TriageChoice,
  namespace: string | undefined,
  own: string,
): Shown {
  const recent = withinMs === undefined ? triage : narrow(triage, begunSince(now - withinMs));
  if (object === undefined)
    return { triage: namespace === undefined ? recent : narrow(recent, inNamespace(namespace)) };
  const sought = findObject(view, object, namespace ?? own);
  if ('problem' in sought) throw new CommandFailure(sought.problem, sought.isBlind ? EXIT.unreachable : EXIT.usage);
  const all = related(view, sought.found);
  const part = narrow(recent, onAnyOf(all.map(refOf)));
  return { triage: part, object: { object: sought.found, related: all, triage: part } };
}

/** Prints a gate that has finished: on a terminal, and as a JSON line. */
export function printGate(gate: GateResult, globals: GlobalOptions): void {
  if (globals.output === 'jsonl') printJsonLine({ event: 'gate', ...gateJson(gate) });
  else if (streams(globals)) for (const line of gateText(gate, drawing(globals))) linePrinter(globals)(line);
}

/** Whether the gates are printed as they finish; then they are not printed again at the end. */
const streams = (globals: GlobalOptions): boolean => globals.output === 'text' && isTerminal();

/** Prints the result in the form asked for, with the gates where they were not printed as they finished. */
export function printLook(
  { triage, object }: Shown,
  about: About,
  globals: GlobalOptions,
  areGatesPrinted = streams(globals),
): void {
  const json = { ...triageJson(triage, about), ...(object === undefined ? {} : { object: objectJson(object) }) };
  if (globals.output === 'jsonl') {
    printJsonLine({ event: 'end', ...json });
    return;
  }
  const head = object === undefined ? [] : [objectText(object)];
  print(json, globals, () =>
    globals.output === 'md'
      ? triageMarkdown(triage, about)
      : [...head, ...triageText(triage, about, { ...drawing(globals), gates: !areGatesPrinted })],
  );
}

const drawing = (globals: GlobalOptions): Drawing => ({
  glyphs: glyphsFor(process.env, globals.ascii === true),
  columns: columns(),
});

const EXITS: Readonly<Record<ReturnType<typeof outlookOf>, ExitCode>> = {
  failed: EXIT.broken,
  blind: EXIT.unreachable,
  clear: EXIT.done,
};

/** The exit code: 9 when something is broken, 8 when nothing is but not everything could be read, 0 otherwise. */
export const exitCodeOf = (triage: Triage): ExitCode => EXITS[outlookOf(triage)];
