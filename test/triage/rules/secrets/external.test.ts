import { describe, expect, it } from 'vitest';
import { configError } from '../../../../src/triage/rules/pods/config-error.ts';
import { externalSecret } from '../../../../src/triage/rules/secrets/external.ts';
import type { Literal } from '../../../support/view.ts';
import { ago, findings, NOW } from '../findings.ts';
import { deployment, pod } from '../objects.ts';

const one = (kind: string, name: string, more: object, status: string, minutes = 20): Literal => ({
  apiVersion: 'external-secrets.io/v1',
  kind,
  metadata: { name, namespace: 'shop', creationTimestamp: ago(90) },
  spec: { secretStoreRef: { kind: 'SecretStore', name: 'vault' }, target: { name: 'db' } },
  status: {
    conditions: [
      {
        type: 'Ready',
        status,
        reason: 'SecretSyncedError',
        message: 'could not get it',
        lastTransitionTime: ago(minutes),
      },
    ],
    ...more,
  },
});

describe('secrets/external', () => {
  it('names what is not fetched, with its store as what may explain it; one that was fetched before only grows old', () => {
    const [found] = findings(externalSecret, [one('ExternalSecret', 'credentials', {}, 'False')]);
    expect(found).toMatchObject({
      severity: 'high',
      summary: 'Secret db cannot be fetched: could not get it',
      since: { at: Date.parse(ago(20)), exact: true },
    });
    expect(found?.because).toContainEqual({ kind: 'SecretStore', namespace: 'shop', name: 'vault' });
    expect(found?.fixes[1]?.command).toContain(
      `externalsecret.external-secrets.io/credentials -n shop --overwrite force-sync=${NOW}`,
    );
    const old = one('ExternalSecret', 'credentials', { refreshTime: ago(120) }, 'False');
    expect(findings(externalSecret, [old])[0]).toMatchObject({ severity: 'warn' });
    expect(findings(externalSecret, [one('SecretStore', 'vault', {}, 'False')])[0]?.severity).toBe('high');
  });
  it('says nothing of what is ready, or has failed just now', () => {
    expect(findings(externalSecret, [one('ExternalSecret', 'credentials', {}, 'True')])).toEqual([]);
    expect(findings(externalSecret, [one('ExternalSecret', 'credentials', {}, 'False', 1)])).toEqual([]);
  });
  it('explains pods that miss the Secret, whatever the ExternalSecret itself is called', () => {
    const waiting = { reason: 'CreateContainerConfigError', message: 'secret "db" not found' };
    const pods = deployment([pod('web-1', { containers: { web: { ready: false, state: { waiting } } } })]);
    const [found] = findings(configError, [...pods, one('ExternalSecret', 'credentials', {}, 'False')]);
    expect(found?.because).toContainEqual({ kind: 'ExternalSecret', namespace: 'shop', name: 'credentials' });
  });
});
