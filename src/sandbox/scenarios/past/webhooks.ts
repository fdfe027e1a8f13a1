import { generateKeyPairSync } from 'node:crypto';
import { selfSigned } from '../../../k8s/certificate.ts';
import { timestamp } from '../../object.ts';
import type { Stage } from '../scenario.ts';
import { changeModel } from './git.ts';
import type { Incident } from './incident.ts';

const NAMESPACE = 'kserve';
const SERVICE = 'kserve-webhook-server-service';
const DAY = 86_400_000;

/** Changes the Service of the webhook; then somebody changes a model, and the webhook is asked. */
async function changeService(stage: Stage, spec: object): Promise<void> {
  await stage.admin.patch('services', NAMESPACE, SERVICE, 'merge', { spec });
  await stage.wait(5);
  await changeModel(stage);
}

export const hookSelectorTypo: Incident = {
  name: 'hook-selector-typo',
  summary: "the Service of kserve's webhook selects a misspelt label: ready pods, no endpoints",
  async play(stage) {
    const spec = { selector: { 'control-plane': 'kserve-controller-manger' } };
    await changeService(stage, spec);
  },
};

export const hookPortGone: Incident = {
  name: 'hook-port-gone',
  summary: "kserve's webhook configurations call port 443 of a Service that serves 8443 only",
  async play(stage) {
    const ports = [{ name: 'https', port: 8443, protocol: 'TCP', targetPort: 'webhook-server' }];
    await changeService(stage, { ports });
  },
};

export const hookCertExpired: Incident = {
  name: 'hook-cert-expired',
  summary: "the serving certificate of kserve's webhook expired three days ago",
  async play(stage) {
    const { clock, webhooks } = stage.parts;
    const until = clock.now() - 3 * DAY;
    const host = `${SERVICE}.${NAMESPACE}.svc`;
    const made = selfSigned(generateKeyPairSync('ec', { namedCurve: 'P-256' }), {
      commonName: host,
      dnsNames: [host],
      from: until - 365 * DAY,
      until,
    });
    const encoded = Buffer.from(made.certificate).toString('base64');
    const data = { 'ca.crt': encoded, 'tls.crt': encoded };
    await stage.admin.patch('secrets', NAMESPACE, 'kserve-webhook-server-cert', 'merge', { data });
    for (const resource of ['validatingwebhookconfigurations', 'mutatingwebhookconfigurations']) {
      const path = '/webhooks/0/clientConfig/caBundle';
      const trusted = [{ op: 'replace', path, value: encoded }];
      const of = `${resource}.admissionregistration.k8s.io`;
      await stage.admin.patch(of, undefined, 'inferenceservice.serving.kserve.io', 'json', trusted);
    }
    webhooks.set(`${NAMESPACE}/${SERVICE}`, () => {
      const times = `current time ${timestamp(clock.now())} is after ${timestamp(until)}`;
      throw new Error(`tls: failed to verify certificate: x509: certificate has expired or is not yet valid: ${times}`);
    });
    await changeModel(stage);
  },
};

export const chaosScaleZero: Incident = {
  name: 'chaos-scalezero-webhook',
  summary:
    "an injected scale to zero of kserve's controller was never reverted; another Deployment is at zero on purpose",
  async play(stage) {
    const { admin, wait } = stage;
    const metadata = { annotations: { 'chaos.operatorchaos.io/original-replicas': '1' } };
    const change = { metadata, spec: { replicas: 0 } };
    await admin.patch('deployments.apps', NAMESPACE, 'kserve-controller-manager', 'merge', change);
    await admin.patch('deployments.apps', 'payments', 'worker', 'merge', { spec: { replicas: 0 } });
    await wait(40);
    await changeModel(stage);
  },
};
