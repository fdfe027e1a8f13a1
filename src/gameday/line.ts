import { eventLine } from '../run/line.ts';
import { sanitise } from '../text/sanitise.ts';
import { alertText } from './alerts/alert.ts';
import type { By, DayEntry, EntryOf } from './journal/record.ts';

const clockOf = (at: number): string => new Date(at).toTimeString().slice(0, 8);
const LABEL = 12;

/** What a line needs besides the record. */
export interface LineFacts {
  recoveryTimeoutMs: number;
  experiment: string;
  /** Whether other experiments may run at the same time; then each line names its own. */
  isOneOfSeveral?: boolean;
}

/** The line that shows one record of a day; undefined for a record that is not shown. */
export function dayLine(entry: DayEntry, facts: LineFacts): string | undefined {
  if (entry.kind === 'event') {
    const { event } = entry;
    const isShown = event.event !== 'phase' && !(event.event === 'gate' && event.ok);
    const name = facts.isOneOfSeveral ? `   (${facts.experiment})` : '';
    return isShown ? sanitise(`${eventLine(event, facts)}${name}`, 600) : undefined;
  }
  const labelled = words(entry);
  if (labelled === undefined) return undefined;
  const [label, text] = labelled;
  return sanitise(`${clockOf(entry.at)}  ${label.padEnd(LABEL)}  ${text}`, 600);
}

const PROBE = { pass: 'steady', fail: 'BROKEN', blind: 'BLIND' } as const;

const who = ({ name, role }: By): string => `${name} (${role})`;

function words(entry: DayEntry): [label: string, text: string] | undefined {
  switch (entry.kind) {
    case 'begin':
      return ['GAME-DAY', `${entry.plan}: ${entry.objective}   led by ${who(entry.by)} on ${entry.context}`];
    case 'session':
      return ['GAME-DAY', `${entry.adds ? 'joined' : 'resumed'} by ${who(entry.by)} on ${entry.context}`];
    case 'look':
      return safetyCheck(entry);
    case 'baseline':
      return ['baseline', baseline(entry)];
    case 'armed':
      return ['ARMED', `${entry.scenario}   by ${who(entry.by)}`];
    case 'run':
      return ['run', `${entry.experiment}  ${entry.run}`];
    case 'waiting':
      return ['not steady', `${entry.experiment}: ${entry.says}`];
    case 'not-run':
      return ['NOT RUN', `${entry.experiment}: ${entry.says}`];
    case 'ended':
      return [entry.end.toUpperCase(), `${entry.scenario}: ${entry.why}`];
    case 'probe':
      return ['probe', `${entry.probe} ${PROBE[entry.state]}: expected ${entry.expected}, found ${entry.actual}`];
    case 'alert':
      return ['ALERT', `${alertText(entry)}   (${entry.source})`];
    case 'alerts':
      return [
        'alerts',
        entry.why === undefined
          ? `${entry.source} answers`
          : `BLIND  ${entry.source} does not answer: ${entry.why}; whether an alert fires is not known`,
      ];
    case 'tripped':
      return ['TRIPPED', `${entry.condition}: ${entry.says} (${entry.value}; limit ${entry.limit})`];
    case 'outcome':
      return ['outcome', outcome(entry)];
    case 'note':
      return ['note', `${entry.tag === undefined ? '' : `[${entry.tag}] `}${entry.text}   ${who(entry.by)}`];
    case 'seen':
      return ['SEEN', `${who(entry.by)} sees it`];
    case 'notice':
      return ['inform', `${entry.to}: ${entry.text}`];
    case 'stop':
      return ['STOP', `${who(entry.by)}: ${entry.why}`];
    case 'unlatch':
      return ['continues', `${who(entry.by)} lets the day continue`];
    case 'lifted':
      return ['reverted', revertedText(entry)];
    case 'end':
      return ['END', `${entry.says}   exit code ${entry.exitCode}`];
    default:
      return undefined;
  }
}

function safetyCheck({ before, ok, items }: EntryOf<'look'>): [string, string] {
  const failed = items.filter(item => !item.ok).map(({ name, reason }) => `${name}: ${reason}`);
  return ['safety check', `${before}: ${ok ? `all ${items.length} checks passed` : `NOT SAFE: ${failed.join('; ')}`}`];
}

function baseline({ when, path, problem, left }: EntryOf<'baseline'>): string {
  if (problem !== undefined) return `${when}: NOT saved: ${problem}`;
  const found =
    left === undefined
      ? ''
      : left.length === 0
        ? '; nothing is left of the day'
        : `; ${left.length} differ from before: ${left[0]}`;
  return `${when}: saved in ${path ?? '?'}${found}`;
}

function outcome({ scenario, outcome: given, auto, detected, detectedBy, mitigated, by }: EntryOf<'outcome'>): string {
  const noticed =
    detected === undefined ? '' : detected ? `, detected by ${detectedBy ?? 'somebody'}` : ', NOT detected';
  const eased = mitigated === undefined ? '' : mitigated ? ', mitigated' : ', not mitigated';
  return `${scenario}: ${given}${noticed}${eased}   ${auto ? 'from the verdict; nobody was asked' : who(by)}`;
}

function revertedText({ receipts, remaining, blind }: EntryOf<'lifted'>): string {
  const each = receipts.map(
    ({ object, outcome: what, verified }) => `${object} ${what}${verified ? ' ✓' : ' NOT verified'}`,
  );
  const isClear = remaining === 0 && blind === 0;
  const found =
    each.length > 0 ? each.join(', ') : isClear ? 'nothing was left in the cluster' : 'nothing was reverted';
  return `${found}   ${remaining} remain${blind === 0 ? '' : `, blind to ${blind}`}`;
}

/** The JSON line of a record: the same members, with the time as RFC 3339 text. */
export const dayJson = ({ at, ...rest }: DayEntry): Record<string, unknown> => ({
  at: new Date(at).toISOString(),
  ...rest,
});
