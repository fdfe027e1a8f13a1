import { counted } from '../../../text/counted.ts';
import { wrap } from '../../../text/wrap.ts';
import { pressFor } from '../../keymap/remap.ts';
import { isLive } from '../../store/select.ts';
import type { ConsoleState } from '../../store/state.ts';
import { BLANK, cell, itemLine, type Line, line, select, span, type Tone } from '../../widgets/line.ts';
import { windowOf } from '../../widgets/list.ts';
import { rule } from '../../widgets/rule.ts';
import { clock, elapsed, timeOfDay } from '../../widgets/time.ts';
import type { View } from '../../widgets/view.ts';
import { STATES } from './agenda-lines.ts';
import { currentScenario, type ScenarioView } from './view.ts';

/** Before a day: the plans that can be begun, or why one could not. */
export function plansLines(state: ConsoleState, view: View, columns: number): Line[] {
  const { day } = state;
  const wrapped = (text: string, tone: Tone): Line[] =>
    wrap(text, columns - 2).map(part => line('  ', span(part, tone)));
  if (day.phase === 'opening')
    return [rule('GAME-DAY', columns, view), BLANK, ...wrapped(`opening ${day.message}…`, 'dim')];
  const failed = day.phase === 'failed' ? [...wrapped(day.message, 'bad'), BLANK] : [];
  const { first, last } = windowOf(day.plans.length, day.at, Math.max(1, view.rows - 8));
  const shown = day.plans.slice(first, last).map((path, i) => {
    const isChosen = first + i === day.at;
    const row = line(isChosen ? view.glyphs.cursor : ' ', ' ', cell(path, columns - 3, 'left', 'middle'));
    return itemLine(isChosen ? select(row) : row, 'plans', path);
  });
  const none = day.plans.length === 0 ? wrapped('no plans here', 'dim') : [];
  return [
    rule('GAME-DAY', columns, view, counted(day.plans.length, 'plan'), true),
    ...failed,
    ...shown,
    ...none,
    BLANK,
    ...wrapped(
      `${press(state, 'next', 'enter')} begins the chosen plan. Another file: mayday --gameday FILE. A plan to start from: mayday gameday new FILE`,
      'dim',
    ),
  ];
}

/** The name, objective and state of the day. */
export function headLines(state: ConsoleState, view: View, columns: number): Line[] {
  const { day } = state;
  const { facts, beganAt, latched, phase } = day;
  const gone = beganAt === undefined ? '' : elapsed(view.now.server - beganAt);
  const who = facts === undefined ? '' : `${facts.by.name} (${facts.by.role})`;
  const head = rule(`GAME-DAY ${facts?.plan ?? ''}`, columns, view, [who, gone].filter(Boolean).join('  '), true);
  const over =
    phase === 'over'
      ? [
          line(span(`  OVER  ${day.message}`, 'title')),
          line(span('  to pass on: ', 'dim'), span('mayday gameday report -o html --to day.html', 'key')),
          line(span(`  journal ${day.journal}`, 'dim')),
        ]
      : [];
  const stopped =
    latched === undefined || phase === 'over'
      ? []
      : wrap(
          `STOPPED  ${latched}. Only the owner can continue the day: ${press(state, 'unlatch', 'o')}`,
          columns - 2,
        ).map(part => line('  ', span(part, 'alarm')));
  return [head, line(span(`  ${facts?.objective ?? ''}`, 'dim')), ...over, ...stopped];
}

const STAGES: Readonly<Record<string, string>> = {
  looking: 'safety check…',
  deciding: 'safety check done',
  running: 'running',
  'by-hand': 'by hand',
  asking: 'outcome?',
  lifting: 'reverting what a dead process left…',
  baseline: 'saving a baseline of the namespaces…',
  over: 'over',
};

/** The current question or work, and the keys that answer. */
export function askLines(state: ConsoleState, view: View, columns: number): Line[] {
  const { day } = state;
  if (day.phase === 'over') return [];
  const scenario = currentScenario(state);
  const stage = STAGES[day.stage?.at ?? ''] ?? '';
  const title =
    scenario === undefined || day.stage?.at === 'lifting' || day.stage?.at === 'baseline'
      ? 'NOW'
      : `NOW ${scenario.name}`;
  const wrapped = (text: string, tone: Tone = 'plain', indent = 2): Line[] =>
    wrap(text, columns - indent - 1).map(part => line(' '.repeat(indent), span(part, tone)));
  return [
    rule(title, columns, view, stage),
    ...(scenario === undefined ? [] : wrapped(`hypothesis: ${scenario.hypothesis}`, 'dim')),
    ...question(state, view, scenario, wrapped),
  ];
}

type Say = (text: string, tone?: Tone, indent?: number) => Line[];

function question(state: ConsoleState, view: View, scenario: ScenarioView | undefined, wrapped: Say): Line[] {
  const { asking } = state.day;
  if (asking === undefined) return underWay(state, view, scenario);
  if (asking.is === 'by-hand')
    return [
      ...wrapped(`do it now: ${scenario?.byHand ?? ''}`, 'chaos'),
      ...(scenario === undefined ? [] : alertLines(scenario)),
      keys(state, [
        ['next', 'enter', 'it is over'],
        ['seen', 'd', 'I see it'],
        ['note', 'n', 'note'],
      ]),
    ];
  if (asking.is === 'next') {
    const failed = asking.items.filter(({ ok }) => !ok);
    if (!asking.ok)
      return [
        ...failed.flatMap(({ name, reason }) => wrapped(`NOT SAFE  ${name}: ${reason}`, 'warn')),
        keys(state, [
          ['again', 'c', 'check again'],
          ['answer-for', 'v', 'answer for it'],
          ['skip', 's', 'skip'],
          ['stop', 'x', 'stop the day'],
        ]),
      ];
    const left = asking.armedUntil === undefined ? 0 : asking.armedUntil - view.now.monotonic;
    return left > 0
      ? [line(span(`  ARMED ${clock(left)}`, 'alarm'), '  ', span(press(state, 'inject', 'i'), 'key'), ' injects')]
      : [
          line(
            span(`  ${view.glyphs.states.ok} safe to inject: ${counted(asking.items.length, 'check')} passed`, 'ok'),
            '   ',
            ...keys(state, [
              ['next', 'enter', scenario?.byHand === undefined ? 'arms' : 'begins'],
              ['skip', 's', 'skip'],
            ]).spans,
          ),
        ];
  }
  const words = {
    outcome: 'passed, failed or unsure?',
    detected: 'was it detected?',
    mitigated: 'was it mitigated, by people or by the system?',
  };
  const answers: Record<typeof asking.step, KeyWord[]> = {
    outcome: [
      ['passed', 'p', 'passed'],
      ['failed', 'f', 'failed'],
      ['unsure', 'u', 'unsure'],
    ],
    detected: [
      ['yes', 'y', `by people${asking.so.detectedBy === undefined ? '' : ` (${asking.so.detectedBy})`}`],
      ['monitoring', 'm', `by monitoring${scenario?.alert === undefined ? '' : ` (${scenario.alert})`}`],
      ['no', 'N', 'by nobody'],
    ],
    mitigated: [
      ['yes', 'y', 'yes'],
      ['no', 'N', 'no'],
    ],
  };
  return [
    ...wrapped(`${scenario === undefined ? '' : STATES[scenario.state].word}: ${scenario?.why ?? ''}`, 'title'),
    line(span(`  ${words[asking.step]}   `, 'plain'), ...keys(state, answers[asking.step]).spans),
  ];
}

/** A command, its usual key, and what it does. */
type KeyWord = [string, string, string];

const press = ({ settings }: ConsoleState, command: string, usual: string): string =>
  pressFor(settings.keys, 'gameday', command, usual);

const keys = (state: ConsoleState, of: readonly KeyWord[]): Line =>
  line('  ', ...of.flatMap(([id, usual, says]) => [span(press(state, id, usual), 'key'), span(` ${says}   `)]));

/** The live faults, each with both clocks. */
function underWay(state: ConsoleState, view: View, scenario: ScenarioView | undefined): Line[] {
  const { runs, day } = state;
  if (scenario?.state !== 'under way') return [];
  const live = runs.filter(isLive);
  const waiting = scenario.waiting === undefined ? [] : [line(span(`  not steady yet: ${scenario.waiting}`, 'warn'))];
  if (live.length === 0) {
    const run = runs.at(-1);
    return [line(span(`  ${run?.endedAt === undefined ? (run?.phase ?? '') : ''}`, 'dim')), ...waiting];
  }
  const seen =
    scenario.seenBy === undefined ? `${press(state, 'seen', 'd')} when you see it` : `seen by ${scenario.seenBy}`;
  return [
    ...live.flatMap((run, index) => [
      ...inLines(run, view, index === 0 ? seen : ''),
      ...(live.length > 1 ? [] : [line(span(`  effect ${run.effect ?? 'not known'}  ${run.evidence}`, 'dim'))]),
    ]),
    ...alertLines(scenario),
    ...waiting,
    ...(day.latched === undefined ? [] : [line(span('  being reverted…', 'warn'))]),
  ];
}

/** What monitoring says, where the plan asks it. */
function alertLines({ alert, alertsBlind }: ScenarioView): Line[] {
  if (alert !== undefined) return [line(span(`  ALERT ${alert}: monitoring detects it`, 'warn'))];
  return alertsBlind === undefined ? [] : [line(span(`  alerts BLIND: ${alertsBlind}`, 'bad'))];
}

function inLines(run: ConsoleState['runs'][number], view: View, seen: string): Line[] {
  const ttl = run.ttlDeadline === undefined ? 'no TTL' : `TTL ${clock(run.ttlDeadline - view.now.server)}`;
  const recovery =
    run.recoveryDeadline === undefined ? '' : `recovery ${clock(run.recoveryDeadline - view.now.server)}`;
  return [
    line(
      span(`  ${view.glyphs.states.fail} LIVE  ${run.type} ${run.experiment}   `, 'chaos'),
      span(ttl, 'title'),
      `  ${recovery}  `,
      span(seen, 'dim'),
    ),
  ];
}

/** The newest notes. */
export function noteLines(state: ConsoleState, view: View, columns: number, rows: number): Line[] {
  const { day } = state;
  if (rows < 2) return [];
  return [
    rule('NOTES', columns, view, `${day.notes.length}   ${press(state, 'note', 'n')} writes one`),
    ...day.notes
      .slice(-(rows - 1))
      .map(({ at, tag, text, by }) =>
        line(
          span(`  ${timeOfDay(at)}  `, 'dim'),
          tag !== undefined && span(`[${tag}] `, 'accent'),
          span(text),
          span(`   ${by.name}`, 'dim'),
        ),
      ),
  ];
}
