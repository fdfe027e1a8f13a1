import type { ClusterView, ViewObject } from '../../../health/view/cluster-view.ts';
import { fields, number, text, textMap } from '../../../k8s/fields.ts';
import type { Clean } from '../../../text/sanitise.ts';
import { type Condition, condition, created, quoted, sinceCondition } from '../../facts/fields.ts';
import { type FindingDraft, type FixDraft, refOf } from '../../finding/build.ts';
import { causeOf } from '../../finding/cause.ts';
import { command, named } from '../../finding/shell.ts';
import type { Rule, RuleInput } from '../../rule.ts';
import type { NamedRead } from '../../run/named-read.ts';
import { containersOf, type Ended } from '../pods/containers.ts';
import { exitText } from '../pods/exit-code-text.ts';
import { logHint } from '../pods/log-hints.ts';
import { type Top, topOf } from '../pods/owner.ts';
import { podRef } from '../pods/unready-pods.ts';

/** Failures older than this are not reported. */
const OLD_MS = 24 * 3_600_000;
const LINES = 12;

interface FailedJob {
  job: ViewObject;
  fault: Condition;
  top: Top;
  /** The newest failed pod, if it still exists. */
  pod: ViewObject | undefined;
  read: Extract<NamedRead, { is: 'log' }> | undefined;
}

const isDone = (job: ViewObject): boolean => condition(job, 'Complete')?.status === 'True';

/** Whether a later Job of the same CronJob, or of the same app, has succeeded. */
function isSuperseded(view: ClusterView, job: ViewObject, top: Top): boolean {
  const app = (one: ViewObject): string => textMap(fields(fields(fields(one.spec.template).metadata)).labels).app ?? '';
  return view.inNamespace('Job', job.metadata.namespace ?? '').some(other => {
    if (other === job || !isDone(other) || created(other) <= created(job)) return false;
    const otherTop = topOf(view, other);
    return top.ref.kind === 'CronJob' ? otherTop.ref.uid === top.ref.uid : app(job) !== '' && app(other) === app(job);
  });
}

function* failedJobs({ view }: Pick<RuleInput, 'view'>): Iterable<FailedJob> {
  const seen = new Set<string>();
  const jobs = [...view.all('Job')].sort((a, b) => created(b) - created(a));
  for (const job of jobs) {
    const fault = condition(job, 'Failed');
    if (fault?.status !== 'True') continue;
    const top = topOf(view, job);
    // Only the last run of a CronJob counts.
    const key = top.ref.kind === 'CronJob' ? `${top.ref.uid}` : job.metadata.uid;
    if (seen.has(key) || isSuperseded(view, job, top)) continue;
    seen.add(key);
    const pods = view
      .ownedBy(job.metadata.uid)
      .filter(({ kind, status }) => kind === 'Pod' && status.phase === 'Failed');
    const [pod] = [...pods].sort((a, b) => created(b) - created(a));
    const bad = pod && (containersOf(pod).find(one => (one.ended?.exitCode ?? 0) !== 0) ?? containersOf(pod)[0]);
    const read = pod && bad ? ({ is: 'log', ...placeOf(pod), container: bad.name, lines: LINES } as const) : undefined;
    yield { job, fault, top, pod, read };
  }
}

const placeOf = (pod: ViewObject): { namespace: string; pod: string } => {
  const { namespace, name } = podRef(pod);
  return { namespace, pod: name };
};

/** A Job that failed: it used up its retries, or its deadline passed. */
export const jobFailed: Rule = {
  id: 'job/failed',
  gate: 'G9',
  needs: ['Job'],
  wants: ['Pod', 'CronJob'],
  about: {
    looksAt:
      'Jobs with the condition Failed, the exit code and the log of their last pod. A Job is left out if a later run has succeeded.',
    why: 'A failed Job is not retried: its work is left undone.',
    whatToDo: 'Fix what its log reports, then create the Job again.',
  },
  *asks(looking) {
    for (const { read } of failedJobs(looking)) if (read) yield read;
  },
  *look(looking) {
    for (const failed of failedJobs(looking)) yield found(looking, failed);
  },
};

function found(looking: RuleInput, failed: FailedJob): FindingDraft {
  const { view, now, answers } = looking;
  const { job, fault, top, pod, read } = failed;
  const { namespace = '', name } = job.metadata;
  const since = sinceCondition(fault, job);
  const end = endOf(pod);
  const log = read && answers.log(read);
  const lines: readonly Clean[] = log?.ok ? log.value : [];
  const hint = logHint([...lines], namespace);
  const how = end ? `: ${exitText(end)}` : '';
  const what = top.ref.kind === 'CronJob' ? `the last run of the cron job failed: job ${name}` : 'the job failed';
  const node = text(pod?.spec.nodeName);
  return {
    severity: now - since.at > OLD_MS ? 'warn' : 'high',
    object: top.ref.kind === 'CronJob' ? (top.object ?? top.ref) : job,
    summary: `${what}: ${failureText(fault, job)}${how}${hint ? `; log: ${hint.means}` : ''}`,
    since,
    evidence: [
      quoted(fault),
      `status: ${number(job.status.failed)} failed, ${number(job.status.succeeded)} succeeded; spec.backoffLimit: ${number(job.spec.backoffLimit, 6)}`,
      end && `pod ${pod?.metadata.name}: ${end.reason}, exit code ${end.exitCode}`,
      ...lines.map(line => `log: ${line}`),
      log?.ok === false && `not read: log of ${read?.pod}: ${log.message}`,
    ],
    cause: hint ? `The log says: ${hint.means}.` : `${fault.message || fault.reason}${how}.`,
    fixes: fixes(view, failed),
    because: [
      causeOf({ kind: 'Job', namespace, name }, 'chaos/'),
      ...(hint?.because ?? []),
      ...(node ? [causeOf({ kind: 'Node', name: node }, 'node/')] : []),
    ],
  };
}

const endOf = (pod: ViewObject | undefined): Ended | undefined =>
  pod && containersOf(pod).find(one => (one.ended?.exitCode ?? 0) !== 0)?.ended;

function fixes(view: ClusterView, { job, top }: FailedJob): FixDraft[] {
  const { namespace = '', name } = job.metadata;
  const again = `${top.ref.name.slice(0, 50)}-again`;
  return [
    {
      text: 'Fix what the log of the failed pod reports, then create the job again (delete it and apply it again).',
      command: command(view, ['kubectl', 'logs', `job/${name}`, '-n', namespace, '--all-containers', '--tail=100']),
    },
    top.ref.kind === 'CronJob'
      ? {
          text: 'Run the cron job once, now.',
          command: command(view, [
            'kubectl',
            'create',
            'job',
            again,
            `--from=cronjob/${top.ref.name}`,
            '-n',
            namespace,
          ]),
        }
      : {
          text: 'Save its manifest before you delete the failed job.',
          command: command(view, ['kubectl', 'get', ...named(refOf(job)), '-o', 'yaml']),
        },
  ];
}

function failureText({ reason, message }: Condition, job: ViewObject): string {
  if (reason === 'BackoffLimitExceeded')
    return `it used up its retries (backoff limit ${number(job.spec.backoffLimit, 6)} exceeded)`;
  if (reason === 'DeadlineExceeded')
    return `it ran longer than its deadline (activeDeadlineSeconds ${number(job.spec.activeDeadlineSeconds)})`;
  return message || reason;
}
