import { expect, it } from 'vitest';
import { hpaAtMaximum } from '../../../../src/triage/rules/hpa/at-maximum.ts';
import type { Literal } from '../../../support/view.ts';
import { ago, findings } from '../findings.ts';

const metric = (key: string, percent: number) => ({
  type: 'Resource',
  resource: { name: 'cpu', [key]: { averageUtilization: percent } },
});
const hpa = (status: string, minutes: number, reason = 'TooManyReplicas'): Literal => ({
  kind: 'HorizontalPodAutoscaler',
  metadata: { name: 'web', namespace: 'shop', creationTimestamp: ago(900) },
  spec: { scaleTargetRef: { kind: 'Deployment', name: 'web' }, maxReplicas: 6, metrics: [metric('target', 70)] },
  status: {
    currentReplicas: 6,
    currentMetrics: [metric('current', 95)],
    conditions: [{ type: 'ScalingLimited', status, reason, message: '', lastTransitionTime: ago(minutes) }],
  },
});

it('warns of an autoscaler that has been at its maximum for a while, with what the load is', () => {
  const [found] = findings(hpaAtMaximum, [hpa('True', 30)]);
  expect(found).toMatchObject({
    severity: 'warn',
    summary: 'at its maximum of 6 replicas, and the load needs more: cpu 95% (target 70%)',
    since: { at: Date.parse(ago(30)), exact: true },
  });
  expect(found?.fixes[0]?.command).toContain('{"spec":{"maxReplicas":9}}');
});

it('says nothing of a short peak, of one at its minimum, or of one with room', () => {
  expect(findings(hpaAtMaximum, [hpa('True', 3)])).toEqual([]);
  expect(findings(hpaAtMaximum, [hpa('True', 30, 'TooFewReplicas')])).toEqual([]);
  expect(findings(hpaAtMaximum, [hpa('False', 30, 'DesiredWithinRange')])).toEqual([]);
});
