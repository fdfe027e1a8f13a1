import { expect, it } from 'vitest';
import { hpaNotScaling } from '../../../../src/triage/rules/hpa/not-scaling.ts';
import type { Literal } from '../../../support/view.ts';
import { ago, findings } from '../findings.ts';
import { deployment, pod } from '../objects.ts';

const hpa = (condition: object, name = 'web', minutes = 60): Literal => ({
  kind: 'HorizontalPodAutoscaler',
  metadata: { name: 'web', namespace: 'shop', creationTimestamp: ago(minutes) },
  spec: {
    scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name },
    metrics: [{ type: 'Resource', resource: { name: 'cpu' } }],
  },
  status: { conditions: [{ lastTransitionTime: ago(minutes), ...condition }] },
});
const cluster = () => deployment([pod('web-1')]);
const inactive = (reason: string, message: string) => ({ type: 'ScalingActive', status: 'False', reason, message });

it('a target that is misspelt is named, and corrected', () => {
  const failed = {
    type: 'AbleToScale',
    status: 'False',
    reason: 'FailedGetScale',
    message: 'the HPA controller was unable to get the target\'s current scale: deployments.apps "wbe" not found',
  };
  const [found] = findings(hpaNotScaling, [...cluster(), hpa(failed, 'wbe')]);
  expect(found).toMatchObject({ severity: 'high', object: { kind: 'HorizontalPodAutoscaler', name: 'web' } });
  expect(found?.summary).toContain('scale target Deployment wbe is not found; there is web');
  expect(found?.fixes[0]?.command).toContain('"name":"web"');
});

it('a missing request is told with the container, and missing metrics lead to their API', () => {
  const request = inactive(
    'FailedGetResourceMetric',
    'failed to get cpu utilization: missing request for cpu in container app of Pod web-1',
  );
  expect(findings(hpaNotScaling, [...cluster(), hpa(request)])[0]?.summary).toContain(
    'missing request for cpu in container app',
  );
  const api = inactive(
    'FailedGetResourceMetric',
    'unable to fetch metrics from resource metrics API: the server could not find the requested resource (get pods.metrics.k8s.io)',
  );
  const [found] = findings(hpaNotScaling, [...cluster(), hpa(api)]);
  expect(found?.because).toContainEqual({ kind: 'APIService', name: 'v1beta1.metrics.k8s.io' });
  expect(found?.because).toContainEqual({ kind: 'Deployment', namespace: 'kube-system', name: 'metrics-server' });
});

it('says nothing of a target at zero, of a back-off, of one that scales and of one that was just made', () => {
  const quiet = [
    hpa(inactive('ScalingDisabled', 'scaling is disabled since the replica count of the target is zero')),
    hpa({ type: 'AbleToScale', status: 'False', reason: 'BackoffBoth', message: 'too soon' }),
    hpa({ type: 'ScalingActive', status: 'True', reason: 'ValidMetricFound' }),
    hpa(inactive('FailedGetResourceMetric', 'no metrics'), 'web', 1),
  ];
  for (const one of quiet) expect(findings(hpaNotScaling, [...cluster(), one])).toEqual([]);
});
