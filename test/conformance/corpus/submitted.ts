/** What `mayday submit` creates, tried as it tries it: the server's defaults and its checks of Jobs, Indexed Jobs and CronJobs. */
import { objectsOf, type Submission } from '../../../src/submit/submission.ts';
import { inGroup } from '../paths.ts';
import { post, scenario } from '../requests.ts';

const JOBS = `${inGroup('batch/v1', 'jobs')}?dryRun=All&fieldValidation=Strict`;
const CRONS = `${inGroup('batch/v1', 'cronjobs')}?dryRun=All&fieldValidation=Strict`;

const submission = (more: Partial<Submission>): Submission => ({
  id: '20261128-215349-3f9a2c',
  namespace: 'chaos',
  image: 'mayday:1',
  by: 'alice@laptop',
  at: '2026-11-28T21:53:49Z',
  queues: [[], []],
  texts: new Map(),
  models: ['a: 1\n'],
  rounds: 1,
  isOne: false,
  sideBySide: { pods: 2, inEach: 1 },
  deadlineSeconds: 900,
  keepSeconds: 60,
  needs: [],
  podSpec: { tolerations: [{ operator: 'Exists' }] },
  passed: ['--soak', '2s'],
  config: { guardian: 'off' },
  ...more,
});

/** The Job or CronJob alone, in the namespace of the scenario. */
function work(more: Partial<Submission>) {
  const { work: made } = objectsOf(submission(more));
  const { namespace: _, ...metadata } = made.metadata;
  return { ...made, metadata };
}

const when = (schedule: string, timeZone = 'Europe/Berlin') => ({ when: { schedule, timeZone } });

export const submitted = [
  scenario('submitted', [
    post('job', JOBS, work({ isOne: true, queues: [[]] })),
    post('indexed-job', JOBS, work({ notify: { kind: 'Secret', name: 'hooks' } })),
    post('more-at-once-than-pods', JOBS, work({ sideBySide: { pods: 5, inEach: 1 } })),
    post('no-pods', JOBS, work({ queues: [] })),
    post('no-deadline', JOBS, work({ deadlineSeconds: 0 })),
    post('negative-keep', JOBS, work({ keepSeconds: -1 })),
    post('cron-job', CRONS, work(when('30 3 * * 1-5'))),
    post('cron-job-of-one', CRONS, work({ ...when('@daily'), isOne: true, queues: [[]] })),
    post('no-schedule', CRONS, work(when('61 * * * *'))),
    post('no-time-zone', CRONS, work(when('30 3 * * 1-5', 'Mars/Olympus'))),
  ]),
];
