import { expect, it } from 'vitest';
import { jobHeldOpen } from '../../../../src/triage/rules/jobs/held-open.ts';
import type { Literal } from '../../../support/view.ts';
import { ago, findings } from '../findings.ts';
import { pod } from '../objects.ts';

const job: Literal = {
  kind: 'Job',
  metadata: { name: 'report', namespace: 'shop', creationTimestamp: ago(90) },
  spec: {},
  status: { active: 1 },
};
const of = (helper: string, minutes: number, exitCode = 0): Literal[] => {
  const made = pod('report-1', {
    spec: {
      restartPolicy: 'Never',
      containers: [
        { name: 'report', image: 'r:1' },
        { name: helper, image: `x/${helper}:1` },
      ],
    },
    containers: {
      report: { ready: false, state: { terminated: { exitCode, reason: 'Completed', finishedAt: ago(minutes) } } },
    },
  });
  const ownerReferences = [{ kind: 'Job', name: 'report', controller: true }];
  return [job, { ...made, metadata: { ...made.metadata, ownerReferences } }];
};

it('finds a job that a sidecar keeps from completing', () => {
  const [found] = findings(jobHeldOpen, of('istio-proxy', 30));
  expect(found).toMatchObject({ severity: 'high', since: { at: Date.parse(ago(30)), exact: true } });
  expect(found?.fixes[0]?.text).toContain('native sidecar');
});
it('gives containers that are no known helpers an hour, and only warns of them then', () => {
  expect(findings(jobHeldOpen, of('count', 30))).toEqual([]);
  expect(findings(jobHeldOpen, of('count', 80))).toMatchObject([{ severity: 'warn' }]);
});
it('says nothing of a container that failed, and of a helper that may still be about to end', () => {
  expect(findings(jobHeldOpen, of('istio-proxy', 30, 1))).toEqual([]);
  expect(findings(jobHeldOpen, of('istio-proxy', 2))).toEqual([]);
});
