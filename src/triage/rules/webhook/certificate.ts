import { type Certificate, certificateText, validityOf } from '../../facts/x509.ts';
import type { FindingDraft } from '../../finding/build.ts';
import { command } from '../../finding/shell.ts';
import type { Rule, RuleInput } from '../../rule.ts';
import type { NamedRead } from '../../run/named-read.ts';
import { callEvidence, callsSeen, isRecent } from './calls.ts';
import { ignoreFix } from './dead-hook-report.ts';
import { type Hook, hooksOf, hookText } from './hooks.ts';
import { scopeOf } from './scope.ts';
import { hostOf, type Serving, servingOf, servingSecrets } from './serving.ts';

/** The serving certificate of a webhook: expired, about to expire, or for another name. */
export const webhookCertificate: Rule = {
  id: 'webhook/certificate',
  gate: 'G4',
  needs: ['ValidatingWebhookConfiguration', 'MutatingWebhookConfiguration', 'Service', 'Namespace'],
  wants: ['Pod', 'Deployment', 'EndpointSlice', 'Certificate', 'Application'],
  about: {
    looksAt:
      'The certificate in the Secret that the pods behind a webhook mount, or that cert-manager names for it: its validity and its names.',
    why: 'The API server verifies the serving certificate at each call. When it has expired, or is for another name, every call fails with `x509: …`.',
    whatToDo:
      'Reissue the certificate, and find out what should have renewed it: cert-manager, a rotation job, the operator itself.',
  },
  *asks({ view }) {
    const asked = new Set<string>();
    for (const hook of hooksOf(view))
      for (const { namespace, name } of servingSecrets(view, hook)) {
        if (asked.has(`${namespace}/${name}`)) continue;
        asked.add(`${namespace}/${name}`);
        yield { is: 'certificates', namespace, secret: name } satisfies NamedRead;
      }
  },
  *look(input) {
    const byHook = new Map<string, { hooks: Hook[]; serving: Serving }>();
    for (const hook of hooksOf(input.view)) {
      const serving = servingOf(input.view, input.answers, hook);
      if (serving === undefined || hook.service === undefined) continue;
      const key = `${serving.secret.namespace}/${serving.secret.name} ${hostOf(hook.service)}`;
      const group = byHook.get(key) ?? { hooks: [], serving };
      group.hooks.push(hook);
      byHook.set(key, group);
    }
    for (const { hooks, serving } of byHook.values()) {
      const found = judge(input, hooks, serving);
      if (found !== undefined) yield found;
    }
  },
};

function judge(
  { view, now }: RuleInput,
  hooks: readonly Hook[],
  { secret, leaf, isForHost }: Serving,
): FindingDraft | undefined {
  const host = hostOf(hooks[0]?.service ?? { namespace: '', name: '' });
  const validity = validityOf(leaf, now);
  const calls = callsSeen(view, hooks).filter(
    call => isRecent(call, now) && /certificate|authority|TLS/.test(call.refusal.how),
  );
  const blocking = hooks.filter(hook => hook.blocking && scopeOf(view, hook).matchesAnything);
  const isBroken = validity === 'expired' || validity === 'not yet valid' || (!isForHost && calls.length > 0);
  if (!isBroken && validity === 'valid' && isForHost) return undefined;
  // A pod may mount a certificate for another purpose; only failed calls prove that the webhook uses this one.
  if (!isBroken && !isForHost) return undefined;
  const wrong = whatIsWrong(leaf, validity, isForHost, host);
  const certificate = view
    .inNamespace('Certificate', secret.namespace)
    .find(({ spec }) => spec.secretName === secret.name);
  return {
    severity: isBroken && blocking.length > 0 ? 'high' : 'warn',
    object: { apiVersion: 'v1', kind: 'Secret', namespace: secret.namespace, name: secret.name },
    summary: wrong,
    since: validity === 'expired' ? { at: leaf.until, exact: true } : undefined,
    evidence: [
      `tls.crt: ${certificateText(leaf)}`,
      ...hooks
        .slice(0, 4)
        .map(hook => `${hook.configuration.kind} ${hook.configuration.metadata.name} ${hookText(hook)}`),
      ...calls.slice(0, 2).map(callEvidence),
    ],
    cause: `${certificate === undefined ? 'Nothing in the cluster renews it (no cert-manager Certificate names this Secret).' : `cert-manager Certificate ${certificate.metadata.name} should renew it.`} Calls of ${hooks
      .map(({ name }) => name)
      .slice(0, 3)
      .join(', ')} fail with an x509 certificate error${blocking.length > 0 ? ', and it is fail-closed' : ''}.`,
    fixes: [
      certificate !== undefined && {
        text: 'Renew the certificate: cert-manager reissues it when the Secret is deleted. Save a copy first.',
        command: command(view, ['kubectl', 'delete', 'secret', secret.name, '-n', secret.namespace]),
        safe: false,
      },
      certificate === undefined && {
        text: `Issue a new certificate for ${host} and put it into the Secret; then restart the pods that mount it, and put its CA into the caBundle of the webhook.`,
        command: command(view, [
          'kubectl',
          'get',
          'secret',
          secret.name,
          '-n',
          secret.namespace,
          '-o',
          'jsonpath={.data.tls\\.crt}',
        ]),
      },
      ...blocking.slice(0, 1).map(hook => ignoreFix(view, hook)),
    ],
    because: [
      ...(certificate === undefined
        ? []
        : [{ kind: 'Certificate', namespace: secret.namespace, name: certificate.metadata.name }]),
      { kind: 'Secret', namespace: secret.namespace, name: secret.name, rule: 'chaos/' },
    ],
  };
}

function whatIsWrong(leaf: Certificate, validity: string, isForHost: boolean, host: string): string {
  const until = new Date(leaf.until).toISOString().slice(0, 10);
  if (validity === 'expired') return `the serving certificate of a webhook expired on ${until}`;
  if (validity === 'not yet valid') return 'the serving certificate of a webhook is not yet valid';
  if (isForHost) return `the serving certificate of a webhook expires soon, ${until}`;
  return `the serving certificate of a webhook is for another name: ${leaf.names.slice(0, 3).join(', ') || 'none'}, not ${host}`;
}
