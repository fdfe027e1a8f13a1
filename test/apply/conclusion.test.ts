import { describe, expect, test } from 'vitest';
import { concludeApplied } from '../../src/apply/conclusion.ts';
import type { Remains } from '../../src/apply/remains.ts';
import { lookForRemains } from '../../src/apply/remains.ts';
import { appliedState } from '../../src/apply/state.ts';
import { faultOf } from '../../src/faults/registry.ts';
import { writeEnvelope } from '../../src/injection/record/envelope.ts';
import type { KubeObject } from '../../src/k8s/object.ts';
import { scan } from '../../src/revert/scan/scan.ts';
import type { Clean } from '../../src/text/sanitise.ts';
import { failing, fakeApi } from '../support/fake-api.ts';
import { fakeClock } from '../support/fake-clock.ts';
import { EXPERIMENTS } from '../support/fake-kinds.ts';
import { experiment } from './support.ts';

const remains = (state: Remains['state']): Remains => ({ state, says: '' as Clean, left: [] });
const began = { injectionStartedAt: '2026-11-21T12:00:00Z' };
const over = (status: object) => ({ is: 'over' as const, seen: appliedState(experiment(status)) });
const complete = (verdict?: string) => over({ phase: 'Complete', ...began, ...(verdict ? { verdict } : {}) });

describe('what an applied experiment comes to', () => {
  test.each([
    ['Resilient', 0],
    ['Degraded', 3],
    ['Failed', 4],
    ['Inconclusive', 5],
    ['Splendid', 5],
    [undefined, 5],
  ])('the verdict %s ends %i, and no verdict is made up', (verdict, code) => {
    const conclusion = concludeApplied(complete(verdict), remains('none'));
    expect([conclusion.verdict, conclusion.exitCode]).toEqual([verdict, code]);
  });

  test('what remains, or may, outranks every verdict', () => {
    expect(concludeApplied(complete('Resilient'), remains('left')).exitCode).toBe(7);
    expect(concludeApplied(complete('Failed'), remains('blind')).exitCode).toBe(7);
  });

  test('aborted before it injected is Inconclusive, blind or not; after that it is aborted', () => {
    const before = over({ phase: 'Aborted', message: 'system not in steady state' });
    expect(concludeApplied(before, remains('none'))).toMatchObject({
      outcome: 'ABORTED',
      reasons: ['system not in steady state'],
      exitCode: 5,
    });
    expect(concludeApplied(before, remains('blind')).exitCode).toBe(5);
    expect(concludeApplied(over({ phase: 'Aborted', ...began }), remains('none')).exitCode).toBe(6);
    expect(concludeApplied(over({ phase: 'Aborted', ...began }), remains('blind')).exitCode).toBe(7);
  });

  test('deleted is aborted, and accepted by nobody is no verdict', () => {
    const { seen } = complete('Resilient');
    expect(concludeApplied({ is: 'gone', seen }, remains('none'))).toMatchObject({ outcome: 'DELETED', exitCode: 6 });
    expect(concludeApplied({ is: 'gone', seen }, remains('none'))).not.toHaveProperty('verdict');
    const nobody = concludeApplied({ is: 'nobody', seen: appliedState(experiment()) }, undefined);
    expect(nobody).toMatchObject({ outcome: 'NOT ACCEPTED', exitCode: 5 });
    expect(nobody).not.toHaveProperty('verdict');
  });

  test('words of the controller that would move the cursor are made safe', () => {
    const { reasons } = concludeApplied(
      over({
        phase: 'Complete',
        verdict: 'Failed',
        message: 'a\u001b[2Jb',
        evaluationResult: { deviations: ['x\u0007y'] },
      }),
      remains('none'),
    );
    // biome-ignore lint/suspicious/noControlCharactersInRegex: that none is left is what is tested
    expect(reasons.join(' ')).not.toMatch(/[\u0000-\u001f]/);
  });
});

describe('the look after the end', () => {
  const victim: KubeObject = {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: {
      name: 'settings',
      namespace: 'shop',
      labels: { 'app.kubernetes.io/managed-by': 'operator-chaos', 'chaos.operatorchaos.io/type': 'ConfigDrift' },
      annotations: {
        'chaos.operatorchaos.io/rollback-data': writeEnvelope({
          key: 'mode',
          keyExists: 'true',
          originalValue: 'live',
          resourceType: 'ConfigMap',
        }),
      },
    },
    data: { mode: 'chaos' },
  };
  const look = (
    objects: readonly KubeObject[],
    prepare: (api: ReturnType<typeof fakeApi>) => void = () => undefined,
  ) => {
    const clock = fakeClock();
    const api = fakeApi(objects, { kinds: [EXPERIMENTS], now: clock.now });
    prepare(api);
    const deps = { api, clock, faultOf };
    return lookForRemains(api, options => scan(deps, options), appliedState(experiment({ phase: 'Complete' })));
  };

  test('finds what the controller left, by its id', async () => {
    expect(await look([victim])).toMatchObject({ state: 'left', left: ['ConfigDrift:shop/ConfigMap/settings'] });
  });

  test('says none only after it has read, and does not mind a fault elsewhere', async () => {
    const elsewhere = { ...victim, metadata: { ...victim.metadata, namespace: 'other' } };
    expect(await look([elsewhere])).toMatchObject({ state: 'none', says: expect.stringMatching(/[1-9]\d* kinds/) });
  });

  test('is BLIND where the kind that it would be on cannot be listed', async () => {
    const denied = failing('forbidden', 'configmaps is forbidden');
    const blind = await look([victim], api =>
      api.script({ on: ({ verb, kind }) => verb === 'list' && kind === 'ConfigMap', times: 99, answer: denied }),
    );
    expect(blind.state).toBe('blind');
  });
});
