import { describe, expect, it } from 'vitest';
import { podEvicted } from '../../../../src/triage/rules/pods/evicted.ts';
import { podTerminating } from '../../../../src/triage/rules/pods/terminating.ts';
import { ago, findings } from '../findings.ts';
import { deployment, pod } from '../objects.ts';

describe('pod/terminating', () => {
  const leaving = (minutes: number, finalizers: string[] = []) =>
    pod('web-1', { metadata: { deletionTimestamp: ago(minutes), finalizers } });
  const node = {
    kind: 'Node',
    metadata: { name: 'node-1' },
    status: { conditions: [{ type: 'Ready', status: 'Unknown' }] },
  };
  it('names the finalizer, or the node', () => {
    expect(findings(podTerminating, [leaving(9, ['acme.dev/drain'])])[0]).toMatchObject({
      severity: 'high',
      summary: 'stuck terminating: finalizer acme.dev/drain is left',
      since: { exact: true },
    });
    const [silent] = findings(podTerminating, [leaving(9), node]);
    expect(silent?.summary).toBe('stuck terminating: its node node-1 is not ready');
    expect(silent?.because).toContainEqual({ kind: 'Node', name: 'node-1', rule: 'node/' });
    expect(silent?.fixes.every(fix => !fix.safe)).toBe(true);
  });
  it('gives a pod its grace period', () => {
    expect(findings(podTerminating, [leaving(0.5), leaving(-1)])).toEqual([]);
  });
});

describe('pod/evicted', () => {
  const evicted = (name: string, message: string, minutes = 9) =>
    pod(name, {
      minutes,
      ready: false,
      status: { phase: 'Failed', reason: 'Evicted', message, startTime: ago(minutes) },
    });
  it('fails where pods use more disk than they may, again and again', () => {
    const words = 'Pod ephemeral local storage usage exceeds the total limit of containers 1Gi.';
    const [found] = findings(
      podEvicted,
      deployment([evicted('web-1', words), evicted('web-2', words), evicted('web-3', words)]),
    );
    expect(found).toMatchObject({ severity: 'high', object: { kind: 'Deployment', name: 'web' } });
    expect(found?.fixes[0]?.text).toContain('ephemeral-storage');
  });
  it('only warns of a single one, and forgets old ones', () => {
    const words = 'The node was low on resource: memory.';
    expect(findings(podEvicted, [evicted('web-1', words)])[0]).toMatchObject({ severity: 'warn' });
    expect(findings(podEvicted, [evicted('web-1', words, 300)])).toEqual([]);
  });
});
