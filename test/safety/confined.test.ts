import { describe, expect, it } from 'vitest';
import type { Write } from '../../src/injection/write/write.ts';
import type { KubeObject } from '../../src/k8s/object.ts';
import { confinement } from '../../src/safety/confined.ts';

const creating = (kind: string, name: string, more: Partial<KubeObject> = {}): Write => ({
  verb: 'create',
  on: { apiVersion: 'v1', kind, name },
  body: { apiVersion: 'v1', kind, metadata: { name }, ...more },
  precondition: { absent: true },
  says: '',
});
const deleting = (kind: string, name: string): Write => ({
  verb: 'delete',
  on: { apiVersion: 'v1', kind, name },
  precondition: {},
  says: '',
});
const hook = (more: object = {}) => ({
  namespaceSelector: { matchExpressions: [{ key: 'kubernetes.io/metadata.name', operator: 'In', values: ['shop'] }] },
  rules: [{ scope: 'Namespaced' }],
  ...more,
});
const webhooks = (...hooks: object[]) => creating('ValidatingWebhookConfiguration', 'x', { webhooks: hooks });

describe('a write outside of the allowed namespaces', () => {
  it.each([
    ['the namespace itself', deleting('Namespace', 'shop'), 'shop itself'],
    ['another namespace', deleting('Namespace', 'other'), undefined],
    ['the backup of an allowed namespace', creating('ConfigMap', 'chaos-rollback-ns-shop'), 'the backup of shop'],
    ['the backup of another', creating('ConfigMap', 'chaos-rollback-ns-other'), undefined],
    ['deleting such a backup', deleting('ConfigMap', 'chaos-rollback-ns-shop'), undefined],
    ['a webhook that only allowed namespaces meet', webhooks(hook()), 'a webhook for shop only'],
    ['one without a selector', webhooks(hook({ namespaceSelector: {} })), undefined],
    [
      'one for more namespaces',
      webhooks(
        hook({
          namespaceSelector: {
            matchExpressions: [{ key: 'kubernetes.io/metadata.name', operator: 'In', values: ['shop', 'x'] }],
          },
        }),
      ),
      undefined,
    ],
    ['one that meets what is in no namespace', webhooks(hook({ rules: [{ scope: '*' }] })), undefined],
    ['one hook of two', webhooks(hook(), hook({ namespaceSelector: undefined })), undefined],
    ['no hook at all', webhooks(), undefined],
  ])('%s', (_what, write, expected) => {
    expect(confinement(write, ['shop'])).toBe(expected);
  });
});
