import { describe, expect, it } from 'vitest';
import { systemClock } from '../../src/host/clock.ts';
import type { Api } from '../../src/kube/client/api.ts';
import { connect } from '../../src/kube/connection/connection.ts';
import { startSandboxServer } from '../../src/sandbox/server.ts';
import type { Root } from '../../src/triage/finding/chain.ts';
import { RULES } from '../../src/triage/rules/index.ts';
import { isFailure } from '../../src/triage/run/gate-run.ts';
import { lookOnce } from '../../src/triage/run/look.ts';

/** What triage must say first in a scenario: of which object, why, and what to do about it. */
interface Answer {
  object: RegExp;
  why: RegExp;
  fix: RegExp;
}

const KEY: Answer = { object: /^Deployment shop\/checkout$/, why: /LEDGER_URI/, fix: /LEDGER_URL/ };
const PORT: Answer = { object: /^Service payments\/api$/, why: /target ?port/i, fix: /\bhttp\b/ };
const SELECTOR: Answer = {
  object: /^Service kserve\/kserve-webhook-server-service$/,
  why: /selector/,
  fix: /kserve-controller-manager/,
};
const QUOTA: Answer = { object: /^ResourceQuota shop\/team$/, why: /quota/, fix: /quota|hard/ };
const NODES: Answer = { object: /^Deployment shop\/ledger$/, why: /nodeSelector/, fix: /general/ };
const FINALIZER: Answer = { object: /search/, why: /finalizer/, fix: /finalizer/ };
const CHAOS: Answer = { object: /^Deployment kserve\/kserve-controller-manager$/, why: /chaos/, fix: /revert/ };

/** The roots of each scenario, in whatever order; the first that triage names must be one of them. */
const ANSWERS: Record<string, readonly Answer[]> = {
  'webhook-no-endpoints': [{ object: /^Deployment kserve\/kserve-controller-manager$/, why: /image/, fix: /image/ }],
  'crd-wiped': [
    {
      object: /inferenceservices\.serving\.kserve\.io$/,
      why: /made anew|re-?created|gone|empty/i,
      fix: /back ?up|Git|re-?apply|refresh/i,
    },
  ],
  'label-near-miss': [{ object: /demo-iris-2$|require-standard/, why: /cost-center/, fix: /costCenter|cost-center/ }],
  'apps-unknown': [
    {
      object: /^Deployment (argocd\/argocd-repo-server|kyverno\/kyverno-admission-controller)$/,
      why: /ready|probe/,
      fix: /./,
    },
  ],
  'stale-webhook': [
    {
      object: /^ValidatingWebhookConfiguration ingress-nginx-admission$/,
      why: /does not exist/,
      fix: /delete|remove/i,
    },
  ],
  'hook-selector-typo': [SELECTOR],
  'hook-port-gone': [
    { object: /inferenceservice\.serving\.kserve\.io|kserve-webhook-server-service/, why: /port/, fix: /8443/ },
  ],
  'hook-cert-expired': [
    { object: /kserve-webhook-server-cert|inferenceservice\.serving/, why: /expired/, fix: /renew|issue|cert/i },
  ],
  'chaos-scalezero-webhook': [CHAOS],
  'configmap-key-missing': [KEY],
  'nodeselector-typo': [NODES],
  'quota-blocks-rollout': [QUOTA],
  'service-targetport-name': [PORT],
  'namespace-finalizer-orphan': [FINALIZER],
  'crd-conversion-dead': [
    { object: /widgets\.demo\.example\.com$/, why: /conversion/, fix: /conversion|widget-conversion/ },
  ],
  'argo-immutable-configmap': [
    {
      object: /^ConfigMap shop\/feature-flags$|^Application argocd\/shop-flags$/,
      why: /immutable/,
      fix: /delete|replace|name/i,
    },
  ],
  'apiservice-blocks-namespace': [
    { object: /metrics-server|v1beta1\.metrics/, why: /image|apiservice/i, fix: /image/ },
  ],
  'two-hook-and-quota': [SELECTOR, QUOTA],
  'two-chaos-and-selector': [CHAOS, NODES],
  'three-with-decoys': [KEY, PORT, FINALIZER],
};

const QUIET = ['healthy', 'decoys'];

async function inScenario<T>(scenario: string, act: (api: Api) => Promise<T>, as?: string): Promise<T> {
  const sandbox = await startSandboxServer({ scenario, seed: 7 });
  try {
    const { url: server, token, certificate: ca } = sandbox;
    const connected = await connect({ server, token, ca, clock: systemClock, ...(as === undefined ? {} : { as }) });
    if (!connected.ok) throw new Error(connected.message);
    try {
      return await act(connected.value);
    } finally {
      await connected.value.close();
    }
  } finally {
    await sandbox.stop();
  }
}

const look = async (api: Api) => (await lookOnce(api, systemClock, RULES)).triage;

const nameOf = ({ finding: { object } }: Root): string =>
  `${object.kind} ${object.namespace === undefined ? '' : `${object.namespace}/`}${object.name}`;

const reasonOf = ({ finding: { rule, summary, cause } }: Root): string => `${rule}: ${summary}: ${cause ?? ''}`;

const fixesOf = ({ finding }: Root): string =>
  finding.fixes.map(({ text, command }) => `${text} ${command ?? ''}`).join('\n');

const answers = (root: Root, { object, why, fix }: Answer): boolean =>
  object.test(nameOf(root)) && why.test(reasonOf(root)) && fix.test(fixesOf(root));

const told = (roots: readonly Root[]): string[] =>
  roots
    .filter(({ finding }) => isFailure(finding.severity))
    .map(root => `${nameOf(root)}: ${reasonOf(root)}\n${fixesOf(root)}`);

describe('each incident that the sandbox plays', () => {
  for (const [scenario, wanted] of Object.entries(ANSWERS))
    it(`${scenario}: its root comes first, with the fix`, async () => {
      const { roots } = await inScenario(scenario, look);
      const failing = roots.filter(({ finding }) => isFailure(finding.severity));
      const missing = wanted.filter(answer => !failing.some(root => answers(root, answer)));
      expect(missing, told(roots).join('\n\n')).toEqual([]);
      const [first] = failing;
      expect(first && wanted.some(answer => answers(first, answer)), told(roots).join('\n\n')).toBe(true);
    });
});

describe('where nothing is broken', () => {
  for (const scenario of QUIET)
    it(`${scenario}: no gate fails`, async () => {
      const { roots, gates } = await inScenario(scenario, look);
      expect(told(roots)).toEqual([]);
      expect(gates.filter(({ status }) => status === 'FAIL')).toEqual([]);
    });
});

it('a user who may read nothing gets BLIND and never PASS, in an incident too', async () => {
  const { gates } = await inScenario('hook-selector-typo', look, 'nobody');
  const reading = gates.filter(({ id }) => id !== 'G0');
  expect(reading.filter(({ status }) => status === 'PASS').map(({ id }) => id)).toEqual([]);
  expect(reading.some(({ status }) => status === 'BLIND')).toBe(true);
});
