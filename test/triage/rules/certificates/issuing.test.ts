import { expect, it } from 'vitest';
import { certificateNotReady } from '../../../../src/triage/rules/certificates/certificate.ts';
import type { Literal } from '../../../support/view.ts';
import { ago, findings } from '../findings.ts';

const condition = (type: string, status: string, reason: string, message = '') => ({
  type,
  status,
  reason,
  message,
  lastTransitionTime: ago(30),
});
const at = (
  kind: string,
  name: string,
  spec: object,
  status: object,
  annotations: Record<string, string> = {},
): Literal => ({
  kind,
  metadata: { name, namespace: 'shop', creationTimestamp: ago(40), annotations },
  spec,
  status,
});
const of = { 'cert-manager.io/certificate-name': 'tls' };
const certificate = (ready = 'False') =>
  at(
    'Certificate',
    'tls',
    { secretName: 'tls', dnsNames: ['a.example.com'], issuerRef: { name: 'letsencrypt' } },
    { conditions: [condition('Ready', ready, 'DoesNotExist', 'Issuing certificate as Secret does not exist')] },
  );
const issuer = at('Issuer', 'letsencrypt', {}, { conditions: [condition('Ready', 'True', 'Registered')] });
const request = (...conditions: object[]) => at('CertificateRequest', 'tls-1', {}, { conditions }, of);

it('follows a certificate down to the challenge that is not answered', () => {
  const order = at('Order', 'tls-1-7', {}, { state: 'pending' }, of);
  const challenge = at(
    'Challenge',
    'tls-1-7-1',
    { dnsName: 'a.example.com', type: 'HTTP-01' },
    { state: 'pending', reason: "wrong status code '404', expected '200'" },
  );
  const pending = request(condition('Approved', 'True', 'cert-manager.io'), condition('Ready', 'False', 'Pending'));
  const [found] = findings(certificateNotReady, [certificate(), issuer, pending, order, challenge]);
  expect(found?.summary).toBe(
    "the certificate is not ready: it was not issued: the HTTP-01 challenge for a.example.com is pending: wrong status code '404', expected '200'",
  );
  expect(found?.fixes[0]?.command).toBe(
    'kubectl --context test describe challenge.acme.cert-manager.io/tls-1-7-1 -n shop',
  );
});
it('says that the request was denied, has failed, or waits for an approver', () => {
  const told = (...conditions: object[]) =>
    findings(certificateNotReady, [certificate(), issuer, request(...conditions)])[0]?.summary;
  expect(told(condition('Denied', 'True', 'policy', 'No policy approved'))).toContain('denied: No policy approved');
  expect(
    told(condition('Approved', 'True', 'x'), condition('Ready', 'False', 'Failed', 'the signer refused')),
  ).toContain('failed: the signer refused');
  expect(told()).toContain('has not been approved');
  expect(told(condition('Approved', 'True', 'x'))).toBe('the certificate is not ready: it was not issued');
});
it('says nothing of a request that failed before the certificate was issued', () => {
  const failed = request(condition('Ready', 'False', 'Failed', 'order is invalid'));
  expect(findings(certificateNotReady, [certificate('True'), issuer, failed])).toEqual([]);
});
