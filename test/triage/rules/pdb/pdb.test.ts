import { describe, expect, it } from 'vitest';
import { pdbBlocks, pdbOverlap, pdbStale } from '../../../../src/triage/rules/pdb/blocks.ts';
import type { Literal } from '../../../support/view.ts';
import { findings } from '../findings.ts';
import { pod } from '../objects.ts';

const pdb = (spec: Record<string, unknown>, status: Record<string, unknown>, name = 'web'): Literal => ({
  kind: 'PodDisruptionBudget',
  metadata: { name, namespace: 'shop' },
  spec: { selector: { matchLabels: { app: 'web' } }, ...spec },
  status: { disruptionsAllowed: 0, currentHealthy: 1, desiredHealthy: 1, expectedPods: 1, ...status },
});
const drained: Literal = { kind: 'Node', metadata: { name: 'node-1' }, spec: { unschedulable: true } };

describe('pdb/blocks', () => {
  it('only warns of a budget that never allows a disruption, until a node is drained', () => {
    const never = pdb({ minAvailable: 1 }, {});
    expect(findings(pdbBlocks, [never, pod('web-1')])[0]).toMatchObject({ severity: 'warn' });
    const [found] = findings(pdbBlocks, [never, pod('web-1'), drained]);
    expect(found).toMatchObject({
      severity: 'high',
      summary: 'the PDB allows no disruption and blocks the drain of node node-1: minAvailable 1 with 1 pod',
    });
    expect(found?.fixes[0]?.command).toContain('"maxUnavailable":1');
  });
  it('says when its pods are not healthy, and names them', () => {
    const sick = pod('web-1', { containers: { web: { state: { waiting: { reason: 'CrashLoopBackOff' } } } } });
    const [found] = findings(pdbBlocks, [
      pdb({ maxUnavailable: 1 }, { currentHealthy: 0, desiredHealthy: 1, expectedPods: 2 }),
      sick,
    ]);
    expect(found?.summary).toContain('0 of 1 required pods are healthy');
    expect(found?.because).toContainEqual({ kind: 'Pod', namespace: 'shop', name: 'web-1' });
  });
  it('says nothing where a disruption is allowed, or where there are no pods', () => {
    expect(findings(pdbBlocks, [pdb({}, { disruptionsAllowed: 1 }), pdb({}, { expectedPods: 0 }, 'b')])).toEqual([]);
  });
});

it('pdb/overlap: two budgets for one pod', () => {
  const both = [pdb({}, {}), pdb({}, {}, 'web-2'), pod('web-1')];
  expect(findings(pdbOverlap, both)[0]).toMatchObject({ severity: 'warn' });
  expect(findings(pdbOverlap, [...both, drained])[0]).toMatchObject({ severity: 'high' });
  expect(findings(pdbOverlap, [pdb({}, {}), pod('web-1'), drained])).toEqual([]);
});

it('pdb/not-observed: the pods cannot be counted', () => {
  const failed = pdb(
    {},
    {
      conditions: [
        {
          type: 'DisruptionAllowed',
          status: 'False',
          reason: 'SyncFailed',
          message: 'found no controller ref for pod "web-1"',
        },
      ],
    },
  );
  expect(findings(pdbStale, [failed])[0]?.summary).toContain('found no controller ref');
  expect(findings(pdbStale, [pdb({}, {})])).toEqual([]);
});
