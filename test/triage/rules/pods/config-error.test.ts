import { describe, expect, it } from 'vitest';
import { configError } from '../../../../src/triage/rules/pods/config-error.ts';
import { findings, wordsOf } from '../findings.ts';
import { deployment, pod } from '../objects.ts';

const sick = (message: string) =>
  deployment([
    pod('web-1', {
      containers: { web: { state: { waiting: { reason: 'CreateContainerConfigError', message } } } },
      status: { phase: 'Pending' },
    }),
  ]);
const map = (data: Record<string, string>, name = 'checkout-config') => ({
  kind: 'ConfigMap',
  metadata: { name, namespace: 'shop' },
  data,
});

describe('pod/config-error', () => {
  it('names the key of a ConfigMap that was probably meant, and no value', () => {
    const objects = [
      ...sick("couldn't find key LEDGER_URI in ConfigMap shop/checkout-config"),
      map({ LEDGER_URL: 'http://secret-host', CURRENCY: 'EUR' }),
    ];
    const [found] = findings(configError, objects);
    expect(found).toMatchObject({ severity: 'high', object: { kind: 'Deployment', name: 'web' } });
    expect(found?.summary).toContain(
      'config map key LEDGER_URI is missing in ConfigMap checkout-config; LEDGER_URL exists',
    );
    expect(found?.fixes[0]?.text).toContain('has LEDGER_URL, not LEDGER_URI');
    expect(wordsOf(found as never)).not.toContain('secret-host');
  });

  it('names a ConfigMap that is nearly called so', () => {
    const [found] = findings(configError, [...sick('configmap "checkout_config" not found'), map({})]);
    expect(found?.summary).toContain('config map checkout_config not found; checkout-config exists');
  });

  it('reads the names of Secrets where one is missing, and says so where it may not', () => {
    const objects = sick('secret "checkout-dbs" not found');
    const readable = [{ kind: 'Secret', metadata: { name: 'checkout-db', namespace: 'shop' } }];
    expect(findings(configError, objects, { readable })[0]?.cause).toContain(
      'The most similar existing name is checkout-db',
    );
    const [blind] = findings(configError, objects, { forbidden: ['Secret'] });
    expect(blind?.summary).toContain('secret checkout-dbs not found');
    expect(blind?.evidence).toContain('not read: names of the Secrets in shop: Secret is forbidden');
  });

  it('names a near key of a Secret', () => {
    const readable = [
      { kind: 'Secret', metadata: { name: 'checkout-db', namespace: 'shop' }, data: { DB_PASSWORD: 'aHVudGVyMg==' } },
    ];
    const [found] = findings(configError, sick("couldn't find key DB_PASSWROD in Secret shop/checkout-db"), {
      readable,
    });
    expect(found?.summary).toContain('secret key DB_PASSWROD is missing in Secret checkout-db; DB_PASSWORD exists');
    expect(wordsOf(found as never)).not.toContain('aHVudGVyMg');
  });

  it('tells a container that may not run as root', () => {
    const message = 'container has runAsNonRoot and image will run as root (pod: "web-1_shop(1)", container: web)';
    expect(findings(configError, sick(message))[0]?.summary).toContain(
      'runAsNonRoot is set and the image runs as root',
    );
  });

  it('says nothing of pods that run', () => {
    expect(findings(configError, deployment([pod('web-1')]))).toEqual([]);
  });
});
