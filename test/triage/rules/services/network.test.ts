import { describe, expect, it } from 'vitest';
import { dnsEgress } from '../../../../src/triage/rules/services/dns-egress.ts';
import { loadBalancerPending } from '../../../../src/triage/rules/services/load-balancer.ts';
import type { Literal } from '../../../support/view.ts';
import { ago, findings } from '../findings.ts';
import { pod, warning } from '../objects.ts';

const dns: Literal = {
  kind: 'Service',
  metadata: { name: 'kube-dns', namespace: 'kube-system' },
  spec: { selector: { 'k8s-app': 'kube-dns' } },
  status: {},
};
const policy = (egress: object[] | undefined, name = 'closed'): Literal => ({
  kind: 'NetworkPolicy',
  metadata: { name, namespace: 'shop', creationTimestamp: ago(30) },
  spec: { podSelector: {}, policyTypes: ['Egress'], ...(egress && { egress }) },
});
const db = { to: [{ podSelector: { matchLabels: { app: 'db' } } }] };
const system = {
  to: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'kube-system' } } }],
  ports: [{ port: 53, protocol: 'UDP' }],
};

describe('network/dns-egress', () => {
  it('accuses the policy that lets pods reach their database and not DNS, when they are not ready', () => {
    const [found] = findings(dnsEgress, [dns, policy([db]), pod('web-1', { ready: false })]);
    expect(found).toMatchObject({ severity: 'high', object: { kind: 'NetworkPolicy', name: 'closed' } });
    expect(found?.fixes[0]?.command).toContain('"/spec/egress/-"');
  });

  it('only warns while the pods are well: they may need no names', () => {
    expect(findings(dnsEgress, [dns, policy(undefined), pod('web-1')])[0]?.severity).toBe('warn');
  });

  it.each([
    ['a rule for DNS', [policy([db, system])]],
    ['a second policy that opens DNS', [policy([db]), policy([system], 'dns')]],
    ['a rule for everything', [policy([{}])]],
    ['a range of addresses', [policy([{ to: [{ ipBlock: { cidr: '10.0.0.0/8' } }] }])]],
    ['a range of ports to everybody', [policy([{ ports: [{ port: 1, endPort: 1024 }] }])]],
    ['a policy for what comes in', [{ ...policy(undefined), spec: { podSelector: {}, policyTypes: ['Ingress'] } }]],
  ])('says nothing with %s', (_, policies) => {
    expect(findings(dnsEgress, [dns, ...policies, pod('web-1', { ready: false })])).toEqual([]);
  });

  it('says nothing where the rule for port 53 goes only to other pods than those of DNS is found, too', () => {
    const elsewhere = {
      ...system,
      to: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'vault' } } }],
    };
    expect(findings(dnsEgress, [dns, policy([elsewhere]), pod('web-1', { ready: false })])).toHaveLength(1);
  });
});

const balancer = (name: string, minutes: number, ip?: string, spec: object = {}): Literal => ({
  kind: 'Service',
  metadata: { name, namespace: 'shop', creationTimestamp: ago(minutes) },
  spec: { type: 'LoadBalancer', ...spec },
  status: { loadBalancer: ip ? { ingress: [{ ip }] } : {} },
});

describe('service/load-balancer', () => {
  it('quotes what the cloud controller says', () => {
    const said = 'Error syncing load balancer: failed to ensure load balancer: quota of addresses exceeded';
    const [found] = findings(loadBalancerPending, [
      balancer('web', 20),
      warning('Service', 'shop', 'web', 'SyncLoadBalancerFailed', said),
    ]);
    expect(found).toMatchObject({ severity: 'high', object: { name: 'web' } });
    expect(found?.cause).toContain('quota of addresses exceeded');
  });

  it('is a failure where others have their address; a cluster that has no load balancers at all is reached another way', () => {
    const days = 60 * 24 * 30;
    expect(
      findings(loadBalancerPending, [balancer('web', days), balancer('api', days, '192.0.2.1')])[0]?.severity,
    ).toBe('high');
    expect(findings(loadBalancerPending, [balancer('web', 20)])[0]?.severity).toBe('warn');
    expect(findings(loadBalancerPending, [balancer('web', days)])[0]?.severity).toBe('warn');
  });

  it('says nothing of one that has its address, is new, or is none', () => {
    expect(
      findings(loadBalancerPending, [
        balancer('a', 90, '192.0.2.1'),
        balancer('b', 2),
        balancer('c', 90, undefined, { type: 'ClusterIP' }),
      ]),
    ).toEqual([]);
  });
});
