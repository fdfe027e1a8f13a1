import type { FoundInjection } from '../../injection/found-injection.ts';
import { nameOf } from '../../k8s/object-ref.ts';
import { type LeftUnmarked, unmarkedSays } from '../../records/unfinished-lines.ts';
import { findingLine, unmarkedLine } from '../../revert/report.ts';
import { type ClusterExperiment, experimentLine } from '../../revert/stop/cluster-experiment.ts';
import type { Trust } from '../../revert/trust/judge.ts';
import type { Reviewed } from '../../revert/trust/review.ts';
import type { Invocation } from '../command.ts';
import { ask, canAsk } from '../confirm.ts';
import { CommandFailure, EXIT } from '../failure.ts';
import { printNotice, printNoticeItem } from '../output/notice.ts';
import { page } from '../output/pager.ts';
import { confirmRecords, forcedLines } from './trust-consent.ts';

/** What is to be reverted and stopped; `review` finds the restores that a person must see first. */
export interface RevertSelection {
  findings: readonly FoundInjection[];
  experiments: readonly ClusterExperiment[];
  /** What dead runs left without marks, and is to be accepted as it is. */
  accepted: readonly LeftUnmarked[];
  /** Server time, milliseconds since the epoch. */
  now: number;
  review: () => Promise<Reviewed>;
}

/** Asks whether to revert, and whether to trust records that change more than the object they are on. Throws where the answer is no. */
export async function askToRevert(invocation: Invocation, selection: RevertSelection): Promise<Trust> {
  const trust = await answered(invocation, selection);
  if (trust === undefined)
    throw new CommandFailure(
      'nothing was reverted: the answer was not yes; `--yes` asks nobody, and reverts all that needs no person',
      EXIT.aborted,
    );
  return trust;
}

async function answered({ options, globals }: Invocation, selection: RevertSelection): Promise<Trust | undefined> {
  const { findings, review } = selection;
  const isTrusting = options.trustRecords === true;
  if (isTrusting && options.yes !== true)
    throw new CommandFailure(
      'expected --yes with --trust-records: without it every record is shown and asked for; nothing was reverted',
    );
  if (options.yes === true) return isTrusting ? { everything: 'caller' } : {};
  if (!canAsk()) throw new CommandFailure('expected --yes where nobody can be asked; nothing was reverted');
  if (globals.output === 'text') printSelection(selection);
  const also = alsoDone(selection);
  const { asked, forced } = await review();
  if (forced.length > 0 && !(await page(forcedLines(forced)))) return undefined;
  if (asked.length > 0) {
    const confirmed = await confirmRecords(asked, findings.length - asked.length, also);
    return confirmed && { confirmed };
  }
  const revert = findings.length === 0 ? [] : [`revert ${theseMany(findings.length, 'this injection', 'injections')}`];
  return (await ask(`${[...revert, ...also].join(' and ')}? (yes/no)`, 'yes')) ? {} : undefined;
}

function printSelection({ findings, experiments, accepted, now }: RevertSelection): void {
  for (const finding of findings) printNoticeItem(findingLine(finding, now));
  for (const experiment of experiments) printNoticeItem(experimentLine(experiment, now));
  for (const leftover of accepted) printNoticeItem(unmarkedLine(unmarkedSays(leftover)));
}

/** What is done besides the reverts, in words of the question. */
const alsoDone = ({ experiments, accepted }: RevertSelection): string[] => [
  ...(experiments.length === 0 ? [] : [`stop ${theseMany(experiments.length, 'this experiment', 'experiments')}`]),
  ...(accepted.length === 0
    ? []
    : [`accept ${theseMany(accepted.length, 'this UNMARKED object', 'UNMARKED objects')} as it is`]),
];

const theseMany = (count: number, one: string, many: string): string => (count === 1 ? one : `these ${count} ${many}`);

/** Asks separately before other chaos tools are asked to stop. Gives none where the answer is no. */
export async function askToStopOthers(
  { options, globals }: Invocation,
  others: FoundInjection[],
  dryRun: boolean,
): Promise<FoundInjection[]> {
  if (others.length === 0 || options.yes === true || dryRun) return others;
  if (!canAsk()) throw new CommandFailure('expected --yes where nobody can be asked; nothing was reverted');
  if (globals.output === 'text')
    for (const { message, object } of others) printNoticeItem(`${nameOf(object)}  ${message ?? ''}`);
  const many = others.length === 1 ? 'this fault' : `these ${others.length} faults`;
  if (await ask(`ask the other tools to stop ${many} of theirs? (yes/no)`, 'yes')) return others;
  printNotice('other tools are left as they are: the answer was not yes');
  return [];
}
