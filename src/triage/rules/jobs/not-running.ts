import type { ClusterView, ViewObject, WarningEvent } from '../../../health/view/cluster-view.ts';
import { list, number, text, time } from '../../../k8s/fields.ts';
import { counted } from '../../../text/counted.ts';
import { age } from '../../../text/duration.ts';
import { created, sinceTime } from '../../facts/fields.ts';
import { type Draft, refOf } from '../../finding/build.ts';
import { causeOf } from '../../finding/cause.ts';
import { command, named } from '../../finding/shell.ts';
import type { Rule, RuleInput } from '../../rule.ts';
import { longestPause } from './schedule.ts';

/** How many runs a CronJob must miss to count as not running. */
const MISSED = 3;
const SHORTEST_MS = 5 * 60_000;
/** The controller checks every ten seconds, so it misses every shorter deadline. */
const SHORTEST_DEADLINE = 10;
const REASONS = new Set([
  'FailedNeedsStart',
  'TooManyMissedTimes',
  'MissSchedule',
  'InvalidSchedule',
  'UnknownTimeZone',
  'UnparseableSchedule',
]);

/**
 * A CronJob that does not start its Jobs: a Job that never ends blocks it, its deadline is too short, its schedule
 * cannot be parsed, or it is suspended.
 */
export const cronJobNotRunning: Rule = {
  id: 'job/not-scheduled',
  gate: 'G9',
  needs: ['CronJob'],
  wants: ['Job', 'Pod', 'Event'],
  about: {
    looksAt:
      'When CronJobs last ran, compared with their schedule; whether an older Job is still active; their deadline, time zone and warning events.',
    why: 'A CronJob that does not run reports no error: its work is silently left undone.',
    whatToDo:
      'Delete the Job that blocks it, or correct schedule, timeZone or startingDeadlineSeconds. Resume the CronJob if it was left suspended by mistake.',
  },
  *look(looking) {
    for (const cron of looking.view.all('CronJob')) {
      const draft = cron.spec.suspend === true ? suspended(looking, cron) : notRunning(looking, cron);
      if (draft) yield { object: cron, ...draft };
    }
  },
};

type PartialDraft = Omit<Draft, 'rule' | 'object'>;

const lastRun = (cron: ViewObject): number => time(cron.status.lastScheduleTime) ?? created(cron);

/** The number of scheduled runs that did not start, approximately. */
function missedRuns(cron: ViewObject, now: number): number {
  const pause = longestPause(text(cron.spec.schedule));
  const late = now - lastRun(cron);
  return pause === undefined || late < SHORTEST_MS ? 0 : Math.floor(late / pause);
}

function suspended({ view, now }: RuleInput, cron: ViewObject): PartialDraft | undefined {
  if (missedRuns(cron, now) < MISSED) return undefined;
  return {
    severity: 'warn',
    summary: `the cron job is suspended and has not run for ${age(now - lastRun(cron))}`,
    since: sinceTime(undefined, lastRun(cron)),
    evidence: ['spec.suspend: true', `spec.schedule: ${text(cron.spec.schedule)}`, lastRunLine(cron)],
    cause: 'Somebody suspended it, and either meant to or forgot to resume it.',
    fixes: [
      {
        text: 'Resume the cron job, unless it is meant to stay suspended.',
        command: command(view, ['kubectl', 'patch', ...named(refOf(cron)), '-p', '{"spec":{"suspend":false}}']),
      },
    ],
  };
}

const lastRunLine = (cron: ViewObject): string =>
  `status.lastScheduleTime: ${text(cron.status.lastScheduleTime) || 'never'}`;

function notRunning({ view, now }: RuleInput, cron: ViewObject): PartialDraft | undefined {
  const event = view.eventsAbout({ ...cron.metadata, kind: 'CronJob' }).find(({ reason }) => REASONS.has(reason));
  const missed = missedRuns(cron, now);
  const active = activeJobs(view, cron);
  if (missed < MISSED && !(event && /Invalid|Unparseable|TimeZone/.test(event.reason))) return undefined;
  const deadline = cron.spec.startingDeadlineSeconds;
  const explanation = explain(cron, active, event, typeof deadline === 'number' ? deadline : undefined);
  if (explanation === undefined) return undefined;
  const { namespace = '' } = cron.metadata;
  return {
    severity: 'high',
    summary: `${explanation.summary}; ${missed > 0 ? `${counted(missed, 'run')} missed` : 'it never ran'}`,
    since: sinceTime(undefined, lastRun(cron)),
    evidence: [
      `spec.schedule: ${text(cron.spec.schedule)}${text(cron.spec.timeZone) && ` (${text(cron.spec.timeZone)})`}, concurrencyPolicy ${text(cron.spec.concurrencyPolicy) || 'Allow'}`,
      lastRunLine(cron),
      active.length > 0 && `status.active: ${active.map(({ metadata }) => metadata.name).join(', ')}`,
      typeof deadline === 'number' && `spec.startingDeadlineSeconds: ${deadline}`,
      event && `event ${event.reason}: "${event.message}"`,
    ],
    cause: explanation.cause,
    fixes: [
      explanation.blocker
        ? {
            text: `Delete job ${explanation.blocker}, or set concurrencyPolicy to Replace.`,
            command: command(view, ['kubectl', 'delete', `job/${explanation.blocker}`, '-n', namespace]),
            safe: false,
          }
        : { text: explanation.fix, command: command(view, ['kubectl', 'edit', ...named(refOf(cron))]) },
    ],
    because: [
      causeOf({ ...cron.metadata, kind: 'CronJob' }),
      ...active.flatMap(({ metadata }) => [
        causeOf({ ...metadata, kind: 'Job' }),
        ...view.ownedBy(metadata.uid).map(pod => causeOf({ ...pod.metadata, kind: 'Pod' })),
      ]),
    ],
  };
}

const activeJobs = (view: ClusterView, cron: ViewObject): ViewObject[] =>
  list(cron.status.active).flatMap(one => view.get('Job', cron.metadata.namespace, text(one.name)) ?? []);

interface Explanation {
  summary: string;
  cause: string;
  fix: string;
  blocker?: string;
}

function explain(
  cron: ViewObject,
  active: readonly ViewObject[],
  event: WarningEvent | undefined,
  deadline: number | undefined,
): Explanation | undefined {
  const [oldest] = [...active].sort((a, b) => created(a) - created(b));
  if (oldest && cron.spec.concurrencyPolicy === 'Forbid')
    return {
      summary: `the cron job is blocked: job ${oldest.metadata.name} is still active and concurrencyPolicy is Forbid`,
      cause: `Job ${oldest.metadata.name} has not ended (${counted(number(oldest.status.active), 'active pod')}), and concurrencyPolicy Forbid allows no second one.`,
      fix: '',
      blocker: oldest.metadata.name,
    };
  if (deadline !== undefined && deadline < SHORTEST_DEADLINE)
    return {
      summary: `the cron job is never started: its starting deadline of ${deadline} s is too short`,
      cause: `The controller checks every ${SHORTEST_DEADLINE} seconds, so that it misses a shorter startingDeadlineSeconds.`,
      fix: 'Raise startingDeadlineSeconds to a minute or more.',
    };
  if (event && /TimeZone/.test(event.reason))
    return {
      summary: 'the cron job does not run: its time zone is not known',
      cause: event.message,
      fix: 'Set spec.timeZone to a time zone of the IANA database.',
    };
  if (event && /Invalid|Unparseable/.test(event.reason))
    return {
      summary: 'the cron job does not run: its schedule is not valid',
      cause: event.message,
      fix: 'Correct spec.schedule.',
    };
  if (event)
    return {
      summary: 'the cron job misses its schedule',
      cause: event.message,
      fix: 'Set or lower startingDeadlineSeconds so that old runs are not counted, or correct the schedule.',
    };
  return {
    summary: 'the cron job does not run at its schedule',
    cause: 'Nothing starts its jobs: check whether kube-controller-manager is running.',
    fix: 'Check the cron job and kube-controller-manager.',
  };
}
