import { expect, test } from 'vitest';
import type { Write } from '../../src/injection/write/write.ts';
import type { KubeObject } from '../../src/k8s/object.ts';
import { contentLines } from '../../src/revert/trust/content.ts';
import type { Asked } from '../../src/revert/trust/review.ts';
import type { Preflight } from '../../src/safety/preflight.ts';
import { planReport } from '../../src/safety/report.ts';
import { experiment } from '../run/support/lab.ts';

const PASSWORD = 'the-original-password';
const base64 = Buffer.from(PASSWORD).toString('base64');
const on = { apiVersion: 'v1', kind: 'Secret', namespace: 'shop', name: 'db' };
const secret = (): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: {
    name: 'db',
    namespace: 'shop',
    annotations: {
      'kubectl.kubernetes.io/last-applied-configuration': JSON.stringify({ stringData: { password: PASSWORD } }),
    },
  },
  data: { password: base64 },
  stringData: { password: PASSWORD },
});
const LAST_APPLIED = '/metadata/annotations/kubectl.kubernetes.io~1last-applied-configuration';
const patch = (patchType: 'json' | 'merge' | 'strategic', body: unknown): Write =>
  ({ verb: 'patch', on, patchType, body, precondition: {}, says: 'restore password' }) as unknown as Write;

/** Every way in which something may be written to a Secret. */
const WRITES: Record<string, Write> = {
  create: { verb: 'create', on, body: secret(), says: 'create it' } as unknown as Write,
  replace: { verb: 'replace', on, body: secret(), precondition: {}, says: 'replace it' } as unknown as Write,
  'JSON patch': patch('json', [
    { op: 'add', path: '/data/password', value: base64 },
    { op: 'replace', path: '/data', value: { password: base64 } },
    { op: 'replace', path: '/stringData/password', value: PASSWORD },
    { op: 'add', path: LAST_APPLIED, value: JSON.stringify({ data: { password: base64 } }) },
  ]),
  'merge patch': patch('merge', { data: { password: base64 }, stringData: { password: PASSWORD } }),
  'strategic patch': patch('strategic', secret()),
};

test.each(Object.entries(WRITES))('a %s of a Secret tells no value before consent, and none in a plan', (_, write) => {
  const asked = {
    finding: { id: 'x', source: 'annotation', tool: 'other', live: secret() },
    restore: { kind: 'ready', writes: [write] },
    verdict: { why: ['creates another object'] },
  } as unknown as Asked;
  const plan = { writes: [write], undo: { where: 'x', reversible: true }, pods: [], warnings: [] };
  const made = { plan, reads: [], scope: { namespace: 'shop' }, permissions: [], gates: [] } as unknown as Preflight;
  const shown = contentLines(asked).join('\n');
  const planned = JSON.stringify(planReport(experiment({ type: 'PodKill' }), 'context', made));
  expect(shown).toContain(write.says);
  expect(planned).toContain(write.says);
  for (const text of [PASSWORD, base64]) {
    expect(shown).not.toContain(text);
    expect(planned).not.toContain(text);
  }
});
