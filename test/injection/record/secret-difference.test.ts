import { expect, it } from 'vitest';
import { restoreMutation } from '../../../src/faults/crd-mutation/restore.ts';
import type { FoundInjection } from '../../../src/injection/found-injection.ts';
import { writeEnvelope } from '../../../src/injection/record/envelope.ts';
import { ROLLBACK_DATA } from '../../../src/injection/record/markers.ts';

it('a third value of a Secret is told by size and digest where a mutation of it has diverged', () => {
  const [original, injected, third] = ['b3JpZ2luYWw=', 'aW5qZWN0ZWQ=', 'dGhpcmQ='];
  const record = { apiVersion: 'v1', kind: 'Secret', path: 'data.password', originalValue: original };
  const facts = {
    v: 1,
    id: 'i',
    run: 'r',
    experiment: 'e',
    by: 'b',
    host: 'h',
    at: '2026-01-01T00:00:00.000Z',
  } as const;
  const live = {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: {
      name: 'db',
      namespace: 'shop',
      annotations: { [ROLLBACK_DATA]: writeEnvelope(record, { ...facts, injected: JSON.stringify(injected) }) },
    },
    data: { password: third },
  };
  const object = { apiVersion: 'v1', kind: 'Secret', namespace: 'shop', name: 'db' };
  const found = { id: 'x', type: 'CRDMutation', object, live, state: 'injected', source: 's', tool: 'mayday' };
  const restore = restoreMutation(found as unknown as FoundInjection);
  expect(restore.is).toBe('diverged');
  const { writes: _writes, ...told } = restore as Extract<typeof restore, { is: 'diverged' }>;
  for (const value of [original, injected, third]) expect(JSON.stringify(told)).not.toContain(value);
  expect(new Set([told.original, told.injected, told.live]).size).toBe(3);
});
