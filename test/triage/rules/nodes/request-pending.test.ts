import { expect, it } from 'vitest';
import { requestPending } from '../../../../src/triage/rules/nodes/request-pending.ts';
import type { Literal } from '../../../support/view.ts';
import { ago, look } from '../support.ts';

const request = (signer: string, minutes: number, status: object = {}): Literal => ({
  kind: 'CertificateSigningRequest',
  metadata: { name: 'csr-1', creationTimestamp: ago(minutes) },
  spec: { signerName: `kubernetes.io/${signer}`, username: 'system:node:node-4' },
  status,
});
const node = (ready: string): Literal => ({
  kind: 'Node',
  metadata: { name: 'node-4', creationTimestamp: ago(900) },
  spec: {},
  status: { conditions: [{ type: 'Ready', status: ready }] },
});
const served = ['CertificateSigningRequest'] as const;

it('a client certificate that nobody approves is a failure, unless its node is well', () => {
  const [found] = look(requestPending, [request('kube-apiserver-client-kubelet', 20)], { served });
  expect(found).toMatchObject({ severity: 'high', object: { kind: 'CertificateSigningRequest' } });
  expect(found?.fixes[0]?.command).toContain('certificate approve csr-1');
  expect(
    look(requestPending, [request('kube-apiserver-client-kubelet', 20), node('True')], { served })[0]?.severity,
  ).toBe('warn');
  expect(look(requestPending, [request('kubelet-serving', 20), node('True')], { served })[0]?.severity).toBe('warn');
});

it('says nothing of what is new, signed, denied, or for another signer', () => {
  const objects = [
    request('kube-apiserver-client-kubelet', 1),
    request('kube-apiserver-client', 20),
    request('kube-apiserver-client-kubelet', 20, { certificate: 'LS0t' }),
    request('kube-apiserver-client-kubelet', 20, { conditions: [{ type: 'Denied', status: 'True' }] }),
  ];
  for (const one of objects) expect(look(requestPending, [one], { served })).toEqual([]);
});
