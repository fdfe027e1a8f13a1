import { fields, list, number, text } from '../../k8s/fields.ts';
import { counted } from '../../text/counted.ts';
import { type Clean, sanitise } from '../../text/sanitise.ts';
import { unsettledText } from '../../triage/report/text.ts';
import { UNDER_WAY } from '../../triage/rules/workloads/under-way.ts';
import { EXIT, type ExitCode } from '../failure.ts';
import type { Answer } from './ask-each.ts';

/** Exit codes, the most severe first: not restored; an internal error; not reached; stopped by a person; broken. */
const MOST_SEVERE_FIRST: readonly ExitCode[] = [
  EXIT.residue,
  EXIT.internal,
  EXIT.unreachable,
  EXIT.usage,
  EXIT.aborted,
  EXIT.broken,
  EXIT.failed,
  EXIT.inconclusive,
  EXIT.degraded,
  EXIT.done,
];

const severityRank = ({ code }: Pick<Answer, 'code'>): number => MOST_SEVERE_FIRST.indexOf(code);

/** The exit code of a fleet: the most severe one of its clusters. */
export const fleetCode = (answers: readonly Answer[]): ExitCode =>
  MOST_SEVERE_FIRST.find(code => answers.some(answer => answer.code === code)) ?? EXIT.done;

const joined = (...parts: (string | false)[]): string => parts.filter(Boolean).join(', ');

const isBroken = ({ severity }: Record<string, unknown>): boolean => severity === 'critical' || severity === 'high';

/** The result of each command in a few words. */
const HEADLINES: Readonly<Record<string, (value: unknown) => string>> = {
  scan(value) {
    const { injections, blind } = fields(value);
    const overdue = list(injections).filter(one => number(one.overdueSeconds) > 0).length;
    return joined(
      counted(list(injections).length, 'injection'),
      overdue > 0 && `${overdue} overdue`,
      list(blind).length > 0 && `${list(blind).length} BLIND`,
    );
  },
  revert(value) {
    const { receipts, remaining, blind } = fields(value);
    const verified = list(receipts).filter(one => one.verified === true).length;
    return joined(
      typeof remaining === 'number' ? `${remaining} remain` : 'how many remain is not known',
      `${verified} of ${list(receipts).length} verified`,
      list(blind).length > 0 && `${list(blind).length} BLIND`,
    );
  },
  triage(value) {
    const { roots, gates } = fields(value);
    const broken = list(roots).filter(isBroken);
    const blind = list(gates).filter(one => one.status === 'BLIND').length;
    const unsettled = list(roots).filter(one => one.rule === UNDER_WAY).length;
    const first = broken[0];
    const clear = blind > 0 ? 'nothing is broken in what could be read' : 'nothing is broken';
    const worst = first === undefined ? clear : `${text(first.rule)}: ${text(first.summary)}`;
    return joined(
      worst,
      broken.length > 1 && `${broken.length - 1} more`,
      unsettled > 0 && unsettledText(unsettled),
      blind > 0 && `${counted(blind, 'gate')} BLIND`,
    );
  },
  latch: value => (fields(value).latched === true ? `latch ON by ${text(fields(value).by)}` : 'latch off'),
  status(value) {
    const { kinds, triage, injections, unseen } = fields(value);
    const kindTexts = list(kinds).flatMap(({ kind, failing, status }) => [
      ...(number(failing) > 0 ? [`${number(failing)} ${text(kind)} failing`] : []),
      ...(['BLIND', 'wait', 'stale'].includes(text(status)) ? [`${text(kind)} ${text(status)}`] : []),
    ]);
    const { status, worst, failing } = fields(triage);
    const cause = fields(worst);
    const words = joined(
      number(failing) > 0 &&
        `${counted(number(failing), 'root cause')}, first ${text(cause.rule)}: ${text(cause.summary)}`,
      status === 'BLIND' && 'triage BLIND',
      ...kindTexts,
      list(unseen).length > 0 && `injections BLIND in ${counted(list(unseen).length, 'kind')}`,
      number(injections) > 0 && counted(number(injections), 'injection'),
    );
    return words === '' ? 'nothing found' : words;
  },
};

/** How much is wrong according to the result of each command. Among clusters with the same exit code, those with more come first. */
const WEIGHTS: Readonly<Record<string, (value: unknown) => number>> = {
  scan: value => list(fields(value).injections).length,
  revert: value => number(fields(value).remaining),
  triage: value => list(fields(value).roots).filter(isBroken).length,
  latch: value => Number(fields(value).latched === true),
  status(value) {
    const { kinds, triage, injections } = fields(value);
    const failing = list(kinds).reduce((sum, kind) => sum + number(kind.failing), 0);
    return number(fields(triage).failing) + failing + number(injections);
  },
};

/** One cluster of the table. */
export interface FleetRow {
  context: Clean;
  says: Clean;
  code: ExitCode;
  ms: number;
}

const WORDS: Partial<Record<ExitCode, string>> = {
  [EXIT.unreachable]: 'UNREACHABLE',
  [EXIT.aborted]: 'NOT DONE',
  [EXIT.usage]: 'REFUSED',
  [EXIT.internal]: 'ERROR',
};

/** The row of one cluster: its result in a few words, or why there is none. */
export function rowOf(command: string, answer: Answer): FleetRow {
  const { context, code, ms, failure, value, word } = answer;
  const headline = value === undefined ? '' : (HEADLINES[command]?.(value) ?? '');
  const says = failure === undefined ? headline : `${word ?? WORDS[code] ?? 'FAILED'}  ${failure}`;
  return { context: sanitise(context, 120), says: sanitise(says, 300), code, ms: Math.round(ms) };
}

/** The table of all clusters, the most severe result first, then those with more that is wrong; and how many gave no result. */
export function fleetLines(command: string, answers: readonly Answer[]): string[] {
  const weight = ({ value }: Answer): number => (value === undefined ? 0 : (WEIGHTS[command]?.(value) ?? 0));
  const rows = answers
    .toSorted((a, b) => severityRank(a) - severityRank(b) || weight(b) - weight(a))
    .map(answer => rowOf(command, answer));
  const width = Math.max(7, ...rows.map(({ context }) => context.length));
  const silent = answers.filter(({ failure }) => failure !== undefined).length;
  return [
    `${'CONTEXT'.padEnd(width)}  EXIT  RESULT`,
    ...rows.map(({ context, code, says }) => `${context.padEnd(width)}  ${String(code).padStart(4)}  ${says}`),
    joined(counted(answers.length, 'cluster'), silent > 0 && `${silent} without a result`),
  ];
}

/** The table as data. */
export function fleetJson(command: string, answers: readonly Answer[]) {
  return {
    command,
    clusters: answers.map(clusterJson),
    summary: {
      total: answers.length,
      withoutResult: answers.filter(({ failure }) => failure !== undefined).length,
      exit: fleetCode(answers),
    },
  };
}

export const clusterJson = ({ context, code, ms, failure, value }: Answer) => ({
  context: sanitise(context, 253),
  exit: code,
  ms: Math.round(ms),
  ...(value === undefined ? {} : { report: value }),
  ...(failure === undefined ? {} : { error: failure }),
});
