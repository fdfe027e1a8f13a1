import { describe, expect, it } from 'vitest';
import { leaseExpired } from '../../../../src/triage/rules/leases/expired.ts';
import type { Literal } from '../../../support/view.ts';
import { ago, findings } from '../findings.ts';
import { deployment, pod } from '../objects.ts';

const lease = (holder: string, minutes: number, more: Record<string, unknown> = {}): Literal => ({
  kind: 'Lease',
  metadata: { name: 'web-leader', namespace: 'shop', ...more },
  spec: { holderIdentity: holder, leaseDurationSeconds: 15, renewTime: ago(minutes) },
});
const controller = (replicas = 1) => deployment(replicas ? [pod('web-5d9-x1')] : [], { replicas });

describe('lease/expired', () => {
  it('finds a leader that is gone and nobody took over from, and restarts its Deployment', () => {
    const [found] = findings(leaseExpired, [...controller(), lease('web-5d9-gone_1234', 20)]);
    expect(found).toMatchObject({ severity: 'high', object: { kind: 'Lease', name: 'web-leader' } });
    expect(found?.summary).toContain('no other replica took over');
    expect(found?.fixes[0]?.command).toBe('kubectl --context test rollout restart deployment/web -n shop');
    expect(found?.because).toContainEqual({ kind: 'Deployment', namespace: 'shop', name: 'web' });
  });

  it('finds a leader that runs and no longer renews', () => {
    const [found] = findings(leaseExpired, [...controller(), lease('web-5d9-x1_1234', 2)]);
    expect(found?.summary).toContain('leader web-5d9-x1 still holds the lease but no longer renews');
  });

  it('says nothing of a lease that is renewed, given up, a node’s, or of what is at zero or was removed', () => {
    const quiet = [
      [...controller(), lease('web-5d9-x1_1234', 0.2)],
      [...controller(), lease('', 500)],
      [...controller(0), lease('web-5d9-gone_1', 500)],
      [lease('old-operator-77_1', 5000)],
      [lease('node-1', 5, { name: 'node-1', namespace: 'kube-node-lease' })],
      [
        lease('apiserver_1', 500, {
          namespace: 'kube-system',
          labels: { 'apiserver.kubernetes.io/identity': 'kube-apiserver' },
        }),
      ],
    ];
    for (const cluster of quiet) expect(findings(leaseExpired, cluster)).toEqual([]);
  });

  it('finds a scheduler that no longer renews though its pods are not to be seen', () => {
    const scheduler = lease('master-1_77', 3, { name: 'kube-scheduler', namespace: 'kube-system' });
    expect(findings(leaseExpired, [scheduler])).toHaveLength(1);
  });
});
