import { expect, it } from 'vitest';
import { operatedNotReady } from '../../../../src/triage/rules/operators/not-ready.ts';
import type { Literal } from '../../../support/view.ts';
import { ago, findings } from '../findings.ts';

const condition = (type: string, status: string, reason = '', message = '', minutes = 20) => ({
  type,
  status,
  reason,
  message,
  lastTransitionTime: ago(minutes),
});
const model = (conditions: object[], annotations: Record<string, string> = {}): Literal => ({
  kind: 'InferenceService',
  metadata: { name: 'iris', namespace: 'models', creationTimestamp: ago(90), annotations },
  status: { conditions },
});

it('takes the words of the part that failed, and the workloads of its name for what may explain it', () => {
  const predictor: Literal = { kind: 'Deployment', metadata: { name: 'iris-predictor', namespace: 'models' } };
  const [found] = findings(operatedNotReady, [
    model([
      condition('Ready', 'False', 'NoSupportingRuntime'),
      condition('PredictorReady', 'False', 'NoSupportingRuntime', 'no runtime found'),
    ]),
    predictor,
  ]);
  expect(found).toMatchObject({
    severity: 'high',
    summary: 'not ready: NoSupportingRuntime: no runtime found',
    since: { at: Date.parse(ago(20)), exact: true },
  });
  expect(found?.fixes[0]?.text).toContain('ServingRuntime');
  expect(found?.because).toContainEqual({ kind: 'Deployment', namespace: 'models', name: 'iris-predictor' });
});
it('reads the phase of a Rollout, and the condition NotReady of Strimzi', () => {
  const rollout: Literal = {
    kind: 'Rollout',
    metadata: { name: 'web', namespace: 'shop', creationTimestamp: ago(90) },
    status: { phase: 'Degraded', message: 'ProgressDeadlineExceeded: ReplicaSet has timed out progressing.' },
  };
  const kafka: Literal = {
    kind: 'Kafka',
    metadata: { name: 'main', namespace: 'shop', creationTimestamp: ago(90) },
    status: { conditions: [condition('NotReady', 'True', 'InvalidResourceException', 'bad storage')] },
  };
  const summaries = findings(operatedNotReady, [rollout, kafka]).map(({ summary }) => summary);
  expect(summaries).toEqual([
    'not ready: Degraded: ProgressDeadlineExceeded: ReplicaSet has timed out progressing.',
    'not ready: InvalidResourceException: bad storage',
  ]);
});
it('says nothing of what is ready, on its way, stopped on purpose or without traffic', () => {
  expect(findings(operatedNotReady, [model([condition('Ready', 'True')])])).toEqual([]);
  expect(findings(operatedNotReady, [model([condition('Ready', 'False', 'Waiting', '', 1)])])).toEqual([]);
  expect(findings(operatedNotReady, [model([condition('Ready', 'False', 'Stopped')])])).toEqual([]);
  const stopped = model([condition('Ready', 'False', 'X')], { 'serving.kserve.io/stop': 'true' });
  expect(findings(operatedNotReady, [stopped])).toEqual([]);
});
