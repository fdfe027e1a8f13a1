import { describe, expect, test } from 'vitest';
import { certificateNotReady, issuerNotReady } from '../../../../src/triage/rules/certificates/certificate.ts';
import { ingressCertificate } from '../../../../src/triage/rules/certificates/ingress.ts';
import type { Literal } from '../../../support/view.ts';
import { PUBLIC, SERVING } from '../certificates.ts';
import { ago, causesOf, commandsOf, findings } from '../findings.ts';

const ready = (
  status: string,
  minutes = 30,
  reason = 'DoesNotExist',
  message = 'Issuing certificate as Secret does not exist',
) => ({ conditions: [{ type: 'Ready', status, reason, message, lastTransitionTime: ago(minutes) }] });
const certificate = (status: object, issuer = 'letsencrypt'): Literal => ({
  kind: 'Certificate',
  metadata: { name: 'shop-tls', namespace: 'shop', creationTimestamp: ago(900) },
  spec: { secretName: 'shop-tls', issuerRef: { name: issuer } },
  status,
});
const issuer = (status: object = ready('True')): Literal => ({
  kind: 'Issuer',
  metadata: { name: 'letsencrypt', namespace: 'shop', creationTimestamp: ago(900) },
  spec: {},
  status,
});
const others = { served: ['ClusterIssuer'] as const };

describe('certificates/not-ready', () => {
  test('an issuer that does not exist, with the one that nearly has its name', () => {
    const [found] = findings(certificateNotReady, [issuer(), certificate(ready('False'), 'letsencrpyt')], others);
    expect(found).toMatchObject({
      severity: 'high',
      summary:
        'the certificate is not ready: it was not issued: its Issuer letsencrpyt is not found; there is letsencrypt',
    });
    expect(commandsOf(found as never)[0]).toContain('{"spec":{"issuerRef":{"name":"letsencrypt"}}}');
  });
  test('an issuer that is not ready is the cause, with a finding of its own', () => {
    const broken = issuer(ready('False', 30, 'ErrRegisterACMEAccount', 'Failed to register ACME account: 403'));
    expect(
      causesOf(findings(certificateNotReady, [broken, certificate(ready('False'))], others)[0] as never),
    ).toContain('Issuer/shop/letsencrypt');
    expect(findings(issuerNotReady, [broken, certificate(ready('False'))], others)[0]).toMatchObject({
      severity: 'high',
      summary: expect.stringContaining('Failed to register ACME account'),
    });
  });
  test('expired', () =>
    expect(
      findings(certificateNotReady, [issuer(), certificate({ ...ready('True'), notAfter: ago(60) })], others)[0],
    ).toMatchObject({ severity: 'high', since: { exact: true } }));
  test('ready, or only just asked for: nothing', () => {
    expect(
      findings(
        certificateNotReady,
        [
          issuer(),
          certificate(ready('True')),
          {
            ...certificate(ready('False', 1)),
            metadata: { name: 'new', namespace: 'shop', creationTimestamp: ago(1) },
          },
        ],
        others,
      ),
    ).toEqual([]);
    expect(findings(issuerNotReady, [issuer()], others)).toEqual([]);
  });
});

describe('certificates/ingress', () => {
  const ingress = (host: string): Literal => ({
    kind: 'Ingress',
    metadata: { name: 'shop', namespace: 'shop' },
    spec: { tls: [{ hosts: [host], secretName: 'shop-tls' }] },
  });
  test('expired: the Secret', () => {
    const [found] = findings(ingressCertificate, [ingress('shop.example.com')], {
      certificates: { 'shop/shop-tls': PUBLIC },
    });
    expect(found).toMatchObject({
      severity: 'high',
      object: { kind: 'Secret', name: 'shop-tls' },
      summary: 'the TLS certificate of an Ingress expired on 2026-11-27',
    });
  });
  test('for another host: a warning; valid: nothing; not readable: nothing', () => {
    expect(
      findings(ingressCertificate, [ingress('shop.example.com')], { certificates: { 'shop/shop-tls': SERVING } })[0]
        ?.severity,
    ).toBe('warn');
    expect(
      findings(ingressCertificate, [ingress('hook.tools.svc')], { certificates: { 'shop/shop-tls': SERVING } }),
    ).toEqual([]);
    expect(findings(ingressCertificate, [ingress('shop.example.com')], { forbidden: ['shop/shop-tls'] })).toEqual([]);
  });
  test('its Secret is missing, or holds no certificate: the Ingress, unless it was just made', () => {
    const [found] = findings(ingressCertificate, [ingress('shop.example.com')], {});
    expect(found).toMatchObject({ severity: 'high', object: { kind: 'Ingress' } });
    expect(found?.summary).toContain('secret not found');
    expect(
      findings(ingressCertificate, [ingress('shop.example.com')], { certificates: { 'shop/shop-tls': '' } })[0]
        ?.summary,
    ).toContain('not of type kubernetes.io/tls');
    const young = {
      ...ingress('shop.example.com'),
      metadata: { name: 'web', namespace: 'shop', creationTimestamp: ago(1) },
    };
    expect(findings(ingressCertificate, [young], {})).toEqual([]);
  });
});
