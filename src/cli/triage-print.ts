import { glyphsFor } from '../text/glyphs.ts';
import { refOf } from '../triage/build.ts';
import { findObject } from '../triage/find-object.ts';
import type { GateResult } from '../triage/gate-run.ts';
import type { Looked } from '../triage/look.ts';
import { begunSince, inNamespace, narrow, onAnyOf } from '../triage/narrow.ts';
import { related } from '../triage/related.ts';
import type { About } from '../triage/report/about.ts';
import { gateJson, triageJson } from '../triage/report/json.ts';
import { triageMarkdown } from '../triage/report/markdown.ts';
import { type ObjectLook, objectJson, objectText } from '../triage/report/object.ts';
import { type Drawing, gateText, triageText } from '../triage/report/text.ts';
import { outlookOf, type Triage } from '../triage/result.ts';
import { CommandFailure, EXIT, type ExitCode } from './failure.ts';
import type { GlobalOptions } from './globals.ts';
import { columns, isTerminal, print, say, sayJson } from './output.ts';
import type { TriageChoice } from './triage-choice.ts';

/** What is shown of a look: all of it, or what concerns a namespace, a time or an object. */
export interface Shown {
  triage: Triage;
  object?: ObjectLook;
}

/** Narrows a look to what was asked for. `own` is the namespace of the context, for an object that is named without one. */
export function aimed(
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
  const narrowed = narrow(recent, onAnyOf(all.map(refOf)));
  return { triage: narrowed, object: { object: sought.found, related: all, triage: narrowed } };
}

/** A gate that has finished: on a terminal at once, and as a line of JSON. */
export function tellGate(gate: GateResult, globals: GlobalOptions): void {
  if (globals.output === 'jsonl') sayJson({ event: 'gate', ...gateJson(gate) });
  else if (streams(globals)) for (const line of gateText(gate, drawing(globals))) say(globals)(line);
}

/** Whether the gates are printed as they finish, and so not once more at the end. */
const streams = (globals: GlobalOptions): boolean => globals.output === 'text' && isTerminal();

/** Prints the result in the form asked for; the gates too, where they were not told as they finished. */
export function printLook(
  { triage, object }: Shown,
  about: About,
  globals: GlobalOptions,
  isTold = streams(globals),
): void {
  const json = { ...triageJson(triage, about), ...(object === undefined ? {} : { object: objectJson(object) }) };
  if (globals.output === 'jsonl') {
    sayJson({ event: 'end', ...json });
    return;
  }
  const head = object === undefined ? [] : [objectText(object)];
  print(json, globals, () =>
    globals.output === 'md'
      ? triageMarkdown(triage, about)
      : [...head, ...triageText(triage, about, { ...drawing(globals), gates: !isTold })],
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

/** 9: something is broken. 8: nothing is, in what could be read. 0: all was read and nothing is. */
export const exitCodeOf = (triage: Triage): ExitCode => EXITS[outlookOf(triage)];
