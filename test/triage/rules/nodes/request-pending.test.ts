import { expect, it } from 'vitest';
import { requestPending } from '../../../../src/triage/rules/nodes/request-pending.ts';
import type { Literal } from '../../../support/view.ts';
import { ago, findings } from '../findings.ts';

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

it('a client certificate that has not been approved is a failure, unless its node is well', () => {
  const [found] = findings(requestPending, [request('kube-apiserver-client-kubelet', 20)], { served });
  expect(found).toMatchObject({ severity: 'high', object: { kind: 'CertificateSigningRequest' } });
  expect(found?.fixes[0]?.command).toContain('certificate approve csr-1');
  expect(
    findings(requestPending, [request('kube-apiserver-client-kubelet', 20), node('True')], { served })[0]?.severity,
  ).toBe('warn');
  expect(findings(requestPending, [request('kubelet-serving', 20), node('True')], { served })[0]?.severity).toBe(
    'warn',
  );
});

it('says nothing of what is new, signed, denied, or for another signer', () => {
  const objects = [
    request('kube-apiserver-client-kubelet', 1),
    request('kube-apiserver-client', 20),
    request('kube-apiserver-client-kubelet', 20, { certificate: 'LS0t' }),
    request('kube-apiserver-client-kubelet', 20, { conditions: [{ type: 'Denied', status: 'True' }] }),
  ];
  for (const one of objects) expect(findings(requestPending, [one], { served })).toEqual([]);
});

it('tells the node from the request itself, where a kubelet that joins asks as a bootstrap user', () => {
  // SEQUENCE { OBJECT IDENTIFIER commonName, PrintableString "system:node:node-4" }, and what follows it.
  const der = Buffer.concat([
    Buffer.from([0x30, 0x19, 0x06, 0x03, 0x55, 0x04, 0x03, 0x13, 18]),
    Buffer.from('system:node:node-4'),
    Buffer.from([0x30, 0x59]),
  ]);
  const pem = `-----BEGIN CERTIFICATE REQUEST-----\n${der.toString('base64')}\n-----END CERTIFICATE REQUEST-----\n`;
  const joining = request('kube-apiserver-client-kubelet', 20);
  const asked = { ...(joining.spec as object), username: 'system:bootstrap:07401b' };
  const told = (body: object) =>
    findings(requestPending, [{ ...joining, spec: { ...asked, ...body } }], { served })[0]?.summary;
  expect(told({ request: Buffer.from(pem).toString('base64') })).toContain('of node node-4 requests');
  expect(told({})).toContain('of node (not named; requested by system:bootstrap:07401b)');
});
