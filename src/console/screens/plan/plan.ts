import { dangerOf } from '../../../experiment/danger.ts';
import type { Plan, Refusal } from '../../../faults/contract.ts';
import { saysAfterVerb } from '../../../injection/write/says.ts';
import type { Write } from '../../../injection/write/write.ts';
import { counted } from '../../../text/counted.ts';
import { sanitise } from '../../../text/sanitise.ts';
import { wrap } from '../../../text/wrap.ts';
import { pressFor } from '../../keymap/remap.ts';
import type { Preflight } from '../../session/run.ts';
import { armLock, chosen } from '../../store/select.ts';
import type { Check, ConsoleState } from '../../store/state.ts';
import { armingLines } from '../../widgets/arming.ts';
import { ends, type Line, line, type Span, span, type Tone } from '../../widgets/line.ts';
import { objectName } from '../../widgets/object-name.ts';
import { clock } from '../../widgets/time.ts';
import type { View } from '../../widgets/view.ts';
import { dangerSpan } from '../experiments/list.ts';

const LABEL = 9;
const label = (text: string): Span => span(`  ${text}`.padEnd(LABEL + 2), 'dim');
const under = ' '.repeat(LABEL + 2);

/** What the experiment under the cursor would do, and whether it may be armed. The last line is always the next step. */
export function planLines(state: ConsoleState, view: View, columns: number, rows: number, isOpen: boolean): Line[] {
  const entry = chosen(state);
  if (!entry) return [];
  if (!entry.loaded)
    return [
      line(span(entry.path, 'title')),
      ...wrap(entry.error ?? '', columns - 2).map(text => line('  ', span(text, 'bad'))),
    ];
  const { experiment } = entry.loaded;
  const check = state.checks.get(entry.path) ?? { state: 'waiting' };
  const { injection, hypothesis, blastRadius } = experiment.spec;
  const target =
    check.state === 'ready' && check.preflight.plan.is === 'plan'
      ? ` ${view.glyphs.arrow} ${check.preflight.plan.target.kind} ${objectName(check.preflight.plan.target)}`
      : '';
  const heading = ends(
    line(span(injection.type, 'chaos'), span(target, 'title')),
    line('danger ', dangerSpan(dangerOf(experiment))),
    columns,
  );
  const step = stepLines(state, view, isOpen);
  // Long texts are cut only where the whole of everything has no room.
  const about = (most: Most): Line[] => [
    ...shortened(wrap(hypothesis.description, columns - LABEL - 2), most.expects).map((text, i) =>
      line(i === 0 ? label('expects') : under, text),
    ),
    ...checkLines(check, blastRadius.maxPodsAffected, view, columns, most.each),
    endsLine(injection.ttlMs, hypothesis.recoveryTimeoutMs),
  ];
  const room = rows - 1 - step.length;
  const whole = about({ expects: Number.POSITIVE_INFINITY, each: Number.POSITIVE_INFINITY });
  const body = whole.length <= room ? whole : about({ expects: rows > 16 ? 4 : 1, each: 2 });
  const hidden = body.length - room + 1;
  const where = isOpen
    ? 'enlarge the window'
    : `${pressFor(state.settings.keys, 'experiments', 'open', 'enter')} shows them`;
  const shown =
    body.length > room
      ? [
          ...body.slice(0, Math.max(0, room - 1)),
          line(span(`${under}${counted(hidden, 'more line')}: ${where}`, 'dim')),
        ]
      : body;
  return [heading, ...shown, ...step];
}

/** The most rows of what is expected, and of each write and the undo record. */
interface Most {
  expects: number;
  each: number;
}

/** The first lines of a text; a text that goes on says so. */
function shortened(lines: readonly string[], most: number): string[] {
  if (lines.length <= most) return [...lines];
  const kept = lines.slice(0, most);
  return [...kept.slice(0, -1), `${kept[most - 1] ?? ''} …`];
}

function endsLine(ttlMs: number | undefined, recoveryMs: number): Line {
  const ttl =
    ttlMs === undefined
      ? span('no TTL: it ends with the recovery time', 'warn')
      : span(`TTL ${clock(ttlMs)}, by this console`);
  return line(label('ends'), ttl, `   recovery within ${clock(recoveryMs)}`);
}

function checkLines(check: Check, limit: number, view: View, columns: number, most: number): Line[] {
  if (check.state === 'waiting' || check.state === 'checking')
    return [line(label('checking'), span('planning: writes, pods in reach, permissions…', 'dim'))];
  if (check.state === 'failed')
    return wrap(check.reason, columns - LABEL - 2).map((text, i) =>
      line(i === 0 ? label('unknown') : under, span(text, 'bad')),
    );
  const { plan } = check.preflight;
  return [
    ...(plan.is === 'plan' ? planned(plan, limit, view, columns, most) : refused(plan, columns)),
    ...rightLines(check.preflight, view),
    ...gateLines(check.preflight, view, columns),
  ];
}

function refused(refusal: Refusal, columns: number): Line[] {
  return wrap(refusal.message, columns - LABEL - 2).map((text, i) =>
    line(i === 0 ? label('refused') : under, span(text, 'bad')),
  );
}

function planned(plan: Plan, limit: number, view: View, columns: number, most: number): Line[] {
  const room = columns - LABEL - 2;
  const named = (name: string, lines: readonly string[], tone: Tone = 'plain'): Line[] =>
    lines.map((text, i) => line(i === 0 ? label(name) : under, span(text, tone)));
  const writes = plan.writes.flatMap((write, i) =>
    named(i === 0 ? 'writes' : '', shortened(wrap(writeText(write), room), most)),
  );
  const undo = shortened(
    wrap(plan.undo.reversible ? plan.undo.where : `${plan.undo.where} (cannot be undone)`, room),
    most,
  );
  const names = plan.pods.map(pod => pod.name);
  const reach = `${counted(plan.pods.length, 'pod')}${names.length > 0 ? `: ${names.join(', ')}` : ''}`;
  const { warn } = view.glyphs.states;
  const warnings = plan.warnings.flatMap(text =>
    wrap(text, room - 2).map((part, i) => `${i === 0 ? warn : ' '} ${part}`),
  );
  return [
    ...writes,
    ...named('undo', undo, plan.undo.reversible ? 'plain' : 'warn'),
    ends(line(label('reach'), reach), line(span(`limit ${limit}`, 'dim')), columns),
    ...warnings.map(text => line(under, span(text, 'warn'))),
  ];
}

/** A write in one phrase; its own words are enough where they name the object. */
function writeText(write: Write): string {
  const { verb, on } = write;
  const says = saysAfterVerb(write);
  const name = `${on.kind} ${objectName(on)}`;
  return sanitise(says.includes(name) ? `${verb}: ${says}` : `${verb} ${name}: ${says}`, 400);
}

/** Permissions in two groups, inject and revert; a missing one is always named. */
function rightLines({ rights }: Preflight, { glyphs }: View): Line[] {
  if (rights.length === 0) return [];
  const group = (purpose: 'inject' | 'revert'): Span[] => {
    const mine = rights.filter(right => right.permission.for === purpose);
    if (mine.length === 0) return [];
    const bad = mine.filter(right => right.allowed !== true);
    if (bad.length === 0)
      return [span(`${purpose} `), span(`${glyphs.states.ok} ${mine.length} allowed`, 'ok'), span('   ')];
    return [
      span(`${purpose} `),
      ...bad.map(({ permission: { verb, kind, optional }, allowed }) => {
        const [glyph, answer] = allowed === 'blind' ? [glyphs.states.blind, 'UNKNOWN'] : [glyphs.states.fail, 'DENIED'];
        const word = optional === undefined ? answer : `${answer}, possible without`;
        return span(`${glyph} ${verb} ${kind} ${word}  `, optional === undefined ? 'bad' : 'warn');
      }),
    ];
  };
  return [line(label('rights'), ...group('inject'), ...group('revert'))];
}

function gateLines({ gates, plan }: Preflight, { glyphs }: View, columns: number): Line[] {
  // A refusal is shown above in its own words; the gate of that name only repeats it.
  const shut = gates.filter(gate => !gate.ok && !(gate.gate === 'plan' && plan.is === 'refusal'));
  const open = gates.filter(gate => gate.ok);
  const opened =
    open.length > 0
      ? wrap(
          open.map(gate => `${gate.gate.replaceAll(' ', '\u00a0')}\u00a0${glyphs.states.ok}`).join('  '),
          columns - LABEL - 2,
        ).map((text, i) => line(i === 0 ? label('gates') : under, span(text.replaceAll('\u00a0', ' '))))
      : [];
  return [
    ...opened,
    ...shut.flatMap(gate =>
      wrap(`${gate.gate}: ${gate.reason}`, columns - LABEL - 4).map((text, i) =>
        line(i === 0 ? label('SHUT') : under, span(i === 0 ? `${glyphs.states.fail} ${text}` : `  ${text}`, 'bad')),
      ),
    ),
  ];
}

function isRefused(state: ConsoleState): boolean {
  const check = state.checks.get(chosen(state)?.path ?? '');
  return check?.state === 'ready' && check.preflight.plan.is === 'refusal';
}

/** The next step: arm, type the name, fire before the countdown ends, or why neither is possible. */
function stepLines(state: ConsoleState, view: View, isOpen: boolean): Line[] {
  const { armed } = state;
  const entry = chosen(state);
  if (armed && armed.path === entry?.path) {
    const { plan } = armed.preflight;
    return armingLines(armed, { screen: 'plan', on: plan.is === 'plan' ? aimText(plan) : '' }, state, view);
  }
  const known = state.checks.get(entry?.path ?? '')?.state;
  if (known === 'checking') return [line(span(`  ${view.glyphs.states.wait} checking…`, 'dim'))];
  if (isRefused(state)) return [line(span(`  ${view.glyphs.states.fail} cannot be armed as it is`, 'warn'))];
  const ready = known === 'ready' ? '' : ' checks and';
  const why = armLock(state, view.now);
  if (why !== undefined) return [line(span(`  ${view.glyphs.states.fail} cannot be armed: ${why}`, 'warn'))];
  return [
    line(
      '  ',
      span(pressFor(state.settings.keys, 'plan', 'arm', 'a'), 'key'),
      `${ready} arms it${isOpen ? '' : `, ${pressFor(state.settings.keys, 'experiments', 'open', 'enter')} opens it`}; nothing is written before `,
      span(pressFor(state.settings.keys, 'plan', 'fire', 'f'), 'key'),
      ' fires',
    ),
  ];
}

/** What the arming froze: the target's uid and resourceVersion as the plan read them. */
function aimText(plan: Plan): string {
  const first = plan.writes[0];
  const uid = plan.target.uid ?? first?.precondition.uid ?? plan.pods[0]?.uid;
  const version = first?.precondition.resourceVersion;
  const words = [
    uid === undefined ? '' : `uid ${uid.slice(0, 8)}`,
    version === undefined ? '' : `version ${version}`,
  ].filter(Boolean);
  return words.length > 0 ? words.join(' ') : `${plan.target.kind} ${objectName(plan.target)}`;
}
