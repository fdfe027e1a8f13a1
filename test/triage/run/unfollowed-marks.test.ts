import { describe, expect, it } from 'vitest';
import { TYPE_LABEL } from '../../../src/injection/record/markers.ts';
import { injectionRules } from '../../../src/triage/rules/chaos/injection.ts';
import { readUnfollowedMarks } from '../../../src/triage/run/unfollowed-marks.ts';
import { failing, fakeApi } from '../../support/fake-api.ts';
import { viewOf } from '../../support/view.ts';

const options = { timeoutMs: 1_000 };
const backup = {
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: {
    name: 'chaos-backup-secret-token',
    namespace: 'shop',
    labels: { [TYPE_LABEL]: 'SecretDeletion', 'app.kubernetes.io/managed-by': 'operator-chaos' },
  },
  data: { 'secret-backup': 'aGlkZGVu' },
};
const plain = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'token', namespace: 'shop' } };

describe('marks on kinds that the view does not follow', () => {
  it('are found on Secrets, whose values are not kept', async () => {
    const read = await readUnfollowedMarks(fakeApi([backup, plain]), options);
    if (!read.ok) throw new Error(read.message);
    expect(read.value.objects.map(({ metadata }) => metadata.name)).toEqual(['chaos-backup-secret-token']);
    expect(read.value.objects[0]?.marker?.type).toBe('SecretDeletion');
    expect(JSON.stringify(read.value)).not.toContain('aGlkZGVu');
  });

  it('that may not be read are named, not taken for none', async () => {
    const api = fakeApi([backup]);
    api.script({
      on: ({ verb, kind }) => verb === 'list' && kind === 'Secret',
      answer: failing('forbidden', 'secrets is forbidden'),
      times: 9,
    });
    const read = await readUnfollowedMarks(api, options);
    if (!read.ok) throw new Error(read.message);
    expect(read.value.objects).toEqual([]);
    expect(read.value.unseen).toContainEqual({
      what: 'secrets',
      reason: 'its marks were not read: secrets is forbidden',
    });
  });

  it('make a finding of chaos, and what was not seen makes the gate blind', async () => {
    const read = await readUnfollowedMarks(fakeApi([backup]), options);
    const rule = injectionRules.find(({ id }) => id === 'chaos/SecretDeletion');
    const answers = { marks: () => read } as never;
    const looking = { view: viewOf([]), now: 0, answers };
    expect([...(rule?.look(looking) ?? [])].map(({ severity, object }) => [severity, object.kind])).toEqual([
      ['high', 'Secret'],
    ]);
    const unseen = {
      ok: true,
      status: 200,
      value: { objects: [], unseen: [{ what: 'secrets', reason: 'forbidden' }] },
    };
    const blind = { ...looking, answers: { marks: () => unseen } as never };
    expect([...(rule?.unseen?.(blind) ?? [])]).toEqual([{ what: 'secrets', reason: 'forbidden' }]);
  });
});
