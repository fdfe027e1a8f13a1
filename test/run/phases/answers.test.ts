import { describe, expect, it } from 'vitest';
import { faultOf } from '../../../src/faults/registry.ts';
import type { KubeObject } from '../../../src/k8s/object.ts';
import { effectOfAnswers } from '../../../src/run/phases/answers.ts';
import type { Prepared } from '../../../src/run/phases/prepared.ts';
import { fakeApi } from '../../support/fake-api.ts';
import { inShop } from '../../support/objects.ts';
import { mustPlan, type Wanted } from '../../support/plans.ts';

const WANTED: Wanted = { type: 'SecretDeletion', parameters: { name: 'it' } };
const secret = inShop('v1', 'Secret', 'it', { metadata: { uid: 'u-1' } });

async function effect(answers: readonly KubeObject[]) {
  const plan = await mustPlan(fakeApi([secret]), WANTED);
  const fault = faultOf('SecretDeletion');
  const prepared = { plan, subject: { fault, params: fault.parse(WANTED.parameters) } } as unknown as Prepared;
  return effectOfAnswers(prepared, answers);
}

describe('what the answers to a deletion prove', () => {
  it('one that is over at once: nobody may see it before an operator made the object anew', async () => {
    expect((await effect([]))?.effect).toMatchObject({ state: 'proven' });
  });

  it('one that only began proves nothing yet', async () => {
    const going = { ...secret, metadata: { ...secret.metadata, deletionTimestamp: '2026-11-21T12:00:00Z' } };
    expect(await effect([going])).toBeUndefined();
  });
});
