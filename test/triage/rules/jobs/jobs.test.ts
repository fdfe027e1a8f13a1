import { describe, expect, it } from 'vitest';
import { jobFailed } from '../../../../src/triage/rules/jobs/failed.ts';
import { cronJobNotRunning } from '../../../../src/triage/rules/jobs/not-running.ts';
import { longestPause } from '../../../../src/triage/rules/jobs/schedule.ts';
import type { Literal } from '../../../support/view.ts';
import { ago, findings } from '../findings.ts';
import { warning } from '../objects.ts';

const metadata = (name: string, minutes: number, owner?: string) => ({
  name,
  namespace: 'shop',
  creationTimestamp: ago(minutes),
  ...(owner && { ownerReferences: [{ kind: 'CronJob', name: owner, controller: true }] }),
});
const job = (name: string, condition: object, minutes = 30, owner?: string): Literal => ({
  kind: 'Job',
  metadata: metadata(name, minutes, owner),
  spec: { backoffLimit: 2, template: { metadata: { labels: { app: 'import' } } } },
  status: { failed: 3, conditions: [{ status: 'True', lastTransitionTime: ago(minutes), ...condition }] },
});
const BACKOFF = {
  type: 'Failed',
  reason: 'BackoffLimitExceeded',
  message: 'Job has reached the specified backoff limit',
};
const failedPod: Literal = {
  kind: 'Pod',
  metadata: { ...metadata('import-x', 30), ownerReferences: [{ kind: 'Job', name: 'import', controller: true }] },
  spec: { containers: [{ name: 'import', image: 'import:1' }] },
  status: {
    phase: 'Failed',
    containerStatuses: [
      { name: 'import', state: { terminated: { reason: 'Error', exitCode: 3, finishedAt: ago(30) } } },
    ],
  },
};

describe('job/failed', () => {
  it('finds a job that used up its retries, with exit code and log', () => {
    const logs = { 'shop/import-x/import': ['FATAL: permission denied for table payments'] };
    const [found] = findings(jobFailed, [job('import', BACKOFF), failedPod], { logs });
    expect(found).toMatchObject({ severity: 'high', object: { kind: 'Job', name: 'import' } });
    expect(found?.summary).toContain('backoff limit 2 exceeded');
    expect(found?.evidence).toContain('log: FATAL: permission denied for table payments');
    expect(found?.evidence).toContain('pod import-x: Error, exit code 3');
  });

  it('finds a deadline that passed, and only warns of a failure of the day before yesterday', () => {
    const deadline = { type: 'Failed', reason: 'DeadlineExceeded', message: 'Job was active longer than its deadline' };
    expect(findings(jobFailed, [job('import', deadline)])[0]?.summary).toContain('deadline');
    expect(findings(jobFailed, [job('import', BACKOFF, 3000)])).toMatchObject([{ severity: 'warn' }]);
  });

  it('accuses the cron job of a failed run, once, and nobody where a later run did the work', () => {
    const cron: Literal = { kind: 'CronJob', metadata: metadata('sync', 9000), spec: { schedule: '@hourly' } };
    const runs = [job('sync-1', BACKOFF, 90, 'sync'), job('sync-2', BACKOFF, 30, 'sync')];
    expect(findings(jobFailed, [cron, ...runs])).toMatchObject([{ object: { kind: 'CronJob', name: 'sync' } }]);
    expect(findings(jobFailed, [cron, ...runs, job('sync-3', { type: 'Complete' }, 5, 'sync')])).toEqual([]);
    expect(findings(jobFailed, [job('import-1', BACKOFF), job('import-2', { type: 'Complete' }, 5)])).toEqual([]);
  });
});

const cron = (spec: object, lastMinutes: number, active: string[] = []): Literal => ({
  kind: 'CronJob',
  metadata: metadata('sync', 6000),
  spec: { schedule: '*/5 * * * *', concurrencyPolicy: 'Forbid', ...spec },
  status: {
    lastScheduleTime: ago(lastMinutes),
    active: active.map(name => ({ kind: 'Job', name, namespace: 'shop' })),
  },
});

describe('job/not-scheduled', () => {
  it('finds a job that never ends and so blocks all later runs', () => {
    const running = { ...job('sync-1', {}, 60, 'sync'), status: { active: 1 } };
    const [found] = findings(cronJobNotRunning, [cron({}, 60, ['sync-1']), running]);
    expect(found).toMatchObject({ severity: 'high', object: { kind: 'CronJob', name: 'sync' } });
    expect(found?.summary).toContain('job sync-1 is still active and concurrencyPolicy is Forbid; 12 runs missed');
    expect(found?.fixes[0]).toMatchObject({ command: 'kubectl --context test delete job/sync-1 -n shop', safe: false });
  });

  it('finds a deadline that is too short, and a time zone that nobody knows', () => {
    expect(findings(cronJobNotRunning, [cron({ startingDeadlineSeconds: 5 }, 60)])[0]?.summary).toContain('too short');
    const event = warning('CronJob', 'shop', 'sync', 'UnknownTimeZone', 'invalid timeZone: "Europe/Belrin"');
    expect(findings(cronJobNotRunning, [cron({}, 60), event])[0]?.summary).toContain('time zone');
  });

  it('only warns of one that is suspended, and says nothing of one that runs', () => {
    expect(findings(cronJobNotRunning, [cron({ suspend: true }, 60)])).toMatchObject([{ severity: 'warn' }]);
    expect(findings(cronJobNotRunning, [cron({}, 4)])).toEqual([]);
    expect(findings(cronJobNotRunning, [cron({ schedule: '0 3 * * *' }, 600)])).toEqual([]);
  });
});

it('the longest pause of a schedule is never underestimated', () => {
  const minutes = (schedule: string) => (longestPause(schedule) ?? Number.NaN) / 60_000;
  expect(minutes('* * * * *')).toBe(1);
  expect(minutes('*/15 * * * *')).toBe(15);
  expect(minutes('0,10,40 * * * *')).toBe(30);
  expect(minutes('5 * * * *')).toBe(60);
  expect(minutes('CRON_TZ=Europe/Berlin 0 3 * * *')).toBe(24 * 60);
  expect(minutes('0 */6 * * *')).toBeGreaterThanOrEqual(6 * 60);
  expect(minutes('0 3 * * 1')).toBe(7 * 24 * 60);
  expect(minutes('@weekly')).toBe(7 * 24 * 60);
  expect(longestPause('every monday')).toBeUndefined();
});
