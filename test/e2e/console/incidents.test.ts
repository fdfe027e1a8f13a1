import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, expect, it } from 'vitest';
import type { Pty } from '../../support/pty.ts';
import { makeHome } from './home.ts';

const person = makeHome();
afterAll(person.remove);

/** A loaded machine takes several times as long as the steps do. */
const LONG_MS = 60_000;
const SMALL = { columns: 80, rows: 24 };
const LARGE = { columns: 200, rows: 50 };

/** An incident of the sandbox: what triage names first, and the fixes that end it, one after the other. */
const INCIDENTS = [
  {
    scenario: 'webhook-no-endpoints',
    size: SMALL,
    root: 'Deployment kserve/kserve-controller-manager',
    fixes: [
      'set the image in Deployment kserve/kserve-controller-manager',
      'compare again in Argo CD Application argocd/ai-model-alpha',
      'compare again in Argo CD Application argocd/serving-stack',
    ],
  },
  {
    scenario: 'crd-wiped',
    size: LARGE,
    root: 'CustomResourceDefinition inferenceservices.serving.kserve.io',
    fixes: [
      'compare again in Argo CD Application argocd/ai-model-alpha',
      'compare again in Argo CD Application argocd/demo-iris-2',
    ],
  },
  {
    scenario: 'apps-unknown',
    size: SMALL,
    root: 'Deployment argocd/argocd-repo-server',
    fixes: [
      'restart the pods of Deployment argocd/argocd-repo-server',
      'restart the pods of Deployment kyverno/kyverno-admission-controller',
      'compare again in Argo CD Application argocd/serving-stack',
    ],
  },
  {
    scenario: 'stale-webhook',
    size: LARGE,
    root: 'ValidatingWebhookConfiguration ingress-nginx-admission',
    fixes: [
      'delete the stale ValidatingWebhookConfiguration ingress-nginx-admission',
      'compare again in Argo CD Application argocd/test-app',
    ],
  },
  {
    scenario: 'hook-selector-typo',
    size: SMALL,
    root: 'Service kserve/kserve-webhook-server-service',
    fixes: [
      'correct the selector of Service kserve/kserve-webhook-server-service',
      'compare again in Argo CD Application argocd/ai-model-alpha',
    ],
  },
];

it.each(INCIDENTS)('$scenario: triage names its cause first, and x ends it, until nothing has failed', async given => {
  const pty = person.open([`--sandbox=${given.scenario}`], given.size);
  await pty.waitFor('data LIVE', LONG_MS);
  await pty.press('5', 'ROOT CAUSES', LONG_MS);
  await pty.waitFor(`WHY ${given.root}`, LONG_MS);
  for (const fix of given.fixes) await does(pty, fix);
  await pty.waitFor(screen => screen.includes('ROOT CAUSES') && !/(FAIL|CRITICAL) /.test(screen), LONG_MS);
});

it('label-near-miss: triage names the label and where in Git it stands; x says that Git comes first', async () => {
  const pty = person.open(['--sandbox=label-near-miss'], SMALL);
  await pty.waitFor('data LIVE', LONG_MS);
  await pty.press('5', 'ROOT CAUSES', LONG_MS);
  await pty.waitFor('WHY Application argocd/demo-iris-2', LONG_MS);
  expect(pty.screen()).toContain('label cost-center missing; near miss costCenter');
  expect(pty.screen()).toMatch(/rename label costCenter to cost-center/);
  await pty.press(
    'x',
    /this\s+alone\s+does\s+not\s+repair\s+the\s+application,\s+because\s+the\s+cause\s+is\s+in\s+Git\./,
    LONG_MS,
  );
  expect(pty.screen()).toMatch(/apps\/demo-iris-2 in\s+https:\/\/github\.com\/example\/platform\.git/);
  await pty.press('\u001b', 'ROOT CAUSES', LONG_MS);
  await does(pty, 'compare again in Argo CD Application argocd/demo-iris-2');
});

/** Presses x until this fix is offered for the finding under the cursor, does it, and goes back. What was fixed before may still be settling. */
async function does(pty: Pty, fix: string): Promise<void> {
  await pty.waitFor('ROOT CAUSES', LONG_MS);
  for (const until = performance.now() + 2 * LONG_MS; ; ) {
    await pty.press('x', /FIX ─[\s\S]*(does it|back: every fix)/, LONG_MS);
    // What is planned has a row of its own; other fixes stand behind `instead:`.
    if (
      pty
        .screen()
        .split('\n')
        .some(row => row.trim() === fix)
    )
      break;
    if (performance.now() > until) throw new Error(`expected the fix ${fix}, found:\n${pty.screen()}`);
    await pty.press('\u001b', 'ROOT CAUSES', LONG_MS);
    await sleep(500);
  }
  await pty.press('y', 'done, read back', LONG_MS);
  await pty.press('\u001b', 'ROOT CAUSES', LONG_MS);
}
