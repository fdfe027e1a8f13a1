import { type Conclusion, concludeApplied, notAccepted } from '../../apply/conclusion.ts';
import type { End } from '../../apply/end.ts';
import type { ApplyEvent } from '../../apply/event.ts';
import { follow } from '../../apply/follow.ts';
import { appliedJson, appliedLine, conclusionJson, conclusionLines } from '../../apply/line.ts';
import { lookForRemains, type Remains } from '../../apply/remains.ts';
import type { AppliedState } from '../../apply/state.ts';
import type { Interrupt } from '../../host/interrupt.ts';
import type { ObjectRef } from '../../k8s/object.ts';
import type { Api } from '../../kube/client/api.ts';
import { engineFor } from '../../runtime/open-engine.ts';
import type { Runtime } from '../../runtime/runtime.ts';
import type { Invocation } from '../command.ts';
import { EXIT, type ExitCode } from '../failure.ts';
import { printNotice } from '../output/notice.ts';
import { linePrinter, print, printJsonLine } from '../output/output.ts';
import { stopExperiment } from './stop.ts';

/** How long a controller may take to accept an experiment before a warning is printed. */
export const ACCEPT_MS = 30_000;

/** What is followed, and for how long. */
export interface Followed {
  object: ObjectRef;
  /** The object as it was created. If it is deleted before it is read again, this says where its fault may be. */
  made?: AppliedState;
  acceptMs: number;
  timeoutMs?: number;
}

/** Follows an applied experiment to its end, scans for what is left of it, and prints both. Gives the exit code. */
export async function followToEnd(
  invocation: Invocation,
  { api, runtime, interrupt }: { api: Api; runtime: Runtime; interrupt: Interrupt },
  followed: Followed,
): Promise<ExitCode> {
  const { object } = followed;
  const print = eventPrinter(invocation, api, object);
  if (followed.made !== undefined) print({ event: 'applied', object });
  const end = await follow({
    api,
    clock: runtime.realClock,
    object,
    acceptMs: followed.acceptMs,
    ...(followed.timeoutMs === undefined ? {} : { timeoutMs: followed.timeoutMs }),
    emit: print,
    signal: interrupt.signal,
  });
  if (end.is === 'time-up') {
    printNotice('the time given with --timeout is up: it is stopped');
    const code = await stopExperiment(
      { ...invocation, options: { ...invocation.options, yes: true } },
      api,
      runtime,
      object,
    );
    return code === EXIT.done ? EXIT.aborted : code;
  }
  if (end.is === 'left') return leave(object);
  const known = end.seen ?? followed.made;
  const whole: End = known === undefined ? end : { ...end, seen: known };
  const isOver = end.is === 'over' || end.is === 'gone';
  const engine = engineFor(runtime, api);
  const remains = isOver && known ? await lookForRemains(api, options => engine.scan(options), known) : undefined;
  const conclusion = concludeApplied(whole, remains);
  if (end.is === 'nobody') printNotice(notAccepted(followed.acceptMs, object.namespace ?? 'default'));
  printConclusion(invocation, conclusion, object, api.serverTime().now);
  for (const line of advice(end, remains, object)) printNotice(line);
  return conclusion.exitCode as ExitCode;
}

function printConclusion({ globals }: Invocation, conclusion: Conclusion, object: ObjectRef, at: number): void {
  if (globals.output === 'text')
    for (const line of conclusionLines(at, conclusion, object.name)) linePrinter(globals)(line);
  else if (globals.output === 'jsonl') printJsonLine(conclusionJson(at, conclusion, object));
  else print(conclusionJson(at, conclusion, object), globals, () => []);
}

/** What to do next, in lines. */
function advice(end: End, remains: Remains | undefined, object: ObjectRef): string[] {
  if (end.is === 'nobody') return followUpCommands(object);
  if (remains?.state === 'left') return [`revert it, verified: mayday revert ${remains.left.join(' ')}`];
  return remains?.state === 'blind' ? ['what remains is not known: somebody who may read it should `mayday scan`'] : [];
}

/** Gives a function that prints each event in the form asked for. JSON and YAML print nothing until the end. */
function eventPrinter({ globals }: Invocation, api: Api, object: ObjectRef): (event: ApplyEvent) => void {
  const line = linePrinter(globals);
  return body => {
    const event = { at: Math.round(api.serverTime().now), ...body };
    if (globals.output === 'text') line(appliedLine(event, object.name));
    else if (globals.output === 'jsonl') printJsonLine(appliedJson(event, object));
    if (body.event === 'overdue') for (const way of followUpCommands(object).slice(1)) printNotice(way);
  };
}

function leave(object: ObjectRef): ExitCode {
  printNotice(`no longer followed; its controller goes on with it`);
  for (const line of followUpCommands(object)) printNotice(line);
  return EXIT.inconclusive;
}

/** The commands that follow it again and that stop it. */
function followUpCommands({ namespace, name }: ObjectRef): string[] {
  const full = namespace === undefined ? name : `${namespace}/${name}`;
  return [`come back: mayday apply --follow ${full}`, `stop it:   mayday apply --stop ${full}`];
}
