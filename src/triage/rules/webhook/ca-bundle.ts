import type { ClusterView } from '../../../health/view/cluster-view.ts';
import { undoneBy } from '../../facts/claims.ts';
import { type Certificate, certificatesInBundle, certificateText, isTrusted, validityOf } from '../../facts/x509.ts';
import type { FindingDraft } from '../../finding/build.ts';
import { causeOf } from '../../finding/cause.ts';
import type { Cause } from '../../finding/finding.ts';
import { command } from '../../finding/shell.ts';
import type { Rule, RuleInput } from '../../rule.ts';
import { callEvidence, callsSeen, isRecent } from './calls.ts';
import { webhookCertificate } from './certificate.ts';
import { ignoreFix } from './dead-hook-report.ts';
import { type Hook, hooksOf, hookText } from './hooks.ts';
import { scopeOf } from './scope.ts';
import { servingOf } from './serving.ts';

const INJECTED =
  /^(cert-manager\.io\/inject-(ca-from|ca-from-secret|apiserver-ca)|service\.beta\.openshift\.io\/inject-cabundle)$/;

interface Verdict {
  summary: string;
  broken: boolean;
  cause: string;
  evidence: readonly string[];
}

/**
 * The caBundle of a webhook configuration: missing, unreadable, expired, or not from the CA that signed the serving
 * certificate.
 */
export const webhookCaBundle: Rule = {
  id: 'webhook/ca-bundle',
  gate: 'G4',
  needs: ['ValidatingWebhookConfiguration', 'MutatingWebhookConfiguration', 'Namespace'],
  wants: ['Service', 'Pod', 'Deployment', 'Certificate', 'Application', 'EndpointSlice'],
  about: {
    looksAt:
      'The clientConfig.caBundle of each webhook: whether there is one, whether its certificates are valid, and whether they verify the serving certificate of the webhook.',
    why: 'The API server trusts a webhook only through its caBundle. Without the right CA in it every call fails with `x509: certificate signed by unknown authority`.',
    whatToDo:
      'Make sure that the injector of the bundle (cert-manager cainjector, the operator) is running, or copy the CA of the serving certificate into caBundle.',
  },
  ...(webhookCertificate.asks && { asks: webhookCertificate.asks }),
  *look(input) {
    const done = new Set<string>();
    for (const hook of hooksOf(input.view)) {
      const verdict = verdictOf(input, hook);
      const key = `${hook.configuration.metadata.uid} ${verdict?.summary}`;
      if (verdict === undefined || done.has(key)) continue;
      done.add(key);
      yield report(input, hook, verdict);
    }
  },
};

function verdictOf({ view, answers, now }: RuleInput, hook: Hook): Verdict | undefined {
  const calls = callsSeen(view, [hook]).filter(call => isRecent(call, now) && /authority/.test(call.refusal.how));
  const evidence = calls.slice(0, 2).map(callEvidence);
  if (hook.caBundle === '') return withoutBundle(hook, evidence);
  const authorities = certificatesInBundle(hook.caBundle);
  if (authorities === undefined || authorities.length === 0)
    return {
      summary: 'caBundle holds no readable certificate',
      broken: true,
      cause: 'The API server cannot verify the webhook with a caBundle that is not PEM.',
      evidence,
    };
  const spans = authorities.map(one => validityOf(one, now));
  const lines = authorities.slice(0, 3).map(one => `caBundle: ${certificateText(one)}`);
  if (spans.every(span => span === 'expired' || span === 'not yet valid'))
    return {
      summary: `the CA certificate in its caBundle ${spans.includes('expired') ? 'has expired' : 'is not yet valid'}`,
      broken: true,
      cause: 'Certificates that this CA signed are no longer accepted.',
      evidence: [...lines, ...evidence],
    };
  const unsigned = signedByOtherCa({ view, answers, now }, hook, authorities);
  if (unsigned !== undefined)
    return {
      summary: 'its caBundle does not match the serving certificate (x509: certificate signed by unknown authority)',
      broken: true,
      cause:
        'The serving certificate was issued by a CA that is not in the caBundle: one of the two was replaced without the other.',
      evidence: [...lines, unsigned, ...evidence],
    };
  if (calls.length > 0)
    return {
      summary:
        'its caBundle does not verify the serving certificate of the webhook (x509: certificate signed by unknown authority)',
      broken: true,
      cause: 'Calls fail because the serving certificate is not signed by a CA in the caBundle.',
      evidence: [...lines, ...evidence],
    };
  return spans.every(span => span !== 'valid')
    ? {
        summary: 'the CA certificate in its caBundle expires soon',
        broken: false,
        cause: 'When it has expired, every call fails.',
        evidence: lines,
      }
    : undefined;
}

function withoutBundle(hook: Hook, evidence: readonly string[]): Verdict | undefined {
  const by = Object.keys(hook.configuration.metadata.annotations).find(key => INJECTED.test(key));
  if (by !== undefined)
    return {
      summary: 'caBundle is empty: the injector has not written the CA certificate',
      broken: true,
      cause: `The annotation ${by}: ${hook.configuration.metadata.annotations[by]} requests a caBundle, but the injector has not written one.`,
      evidence: [
        'clientConfig.caBundle: empty',
        `annotation ${by}: ${hook.configuration.metadata.annotations[by]}`,
        ...evidence,
      ],
    };
  if (hook.service === undefined && evidence.length === 0) return undefined;
  const broken = evidence.length > 0;
  return {
    summary: `caBundle is empty${broken ? ', and its certificate is signed by unknown authority (x509)' : ': only the system CAs can verify its certificate'}`,
    broken,
    cause: 'A certificate for a name under .svc is never signed by a system CA.',
    evidence: ['clientConfig.caBundle: empty', ...evidence],
  };
}

/**
 * A line that proves that the caBundle does not verify the serving certificate; undefined when it does, or when the
 * certificate was not read.
 */
function signedByOtherCa(
  { view, answers, now }: RuleInput,
  hook: Hook,
  authorities: readonly Certificate[],
): string | undefined {
  const serving = servingOf(view, answers, hook);
  if (serving === undefined || !serving.isForHost || isTrusted(serving.leaf, serving.others, authorities))
    return undefined;
  // An expired certificate is reported by the rule on certificates.
  if (validityOf(serving.leaf, now) === 'expired') return undefined;
  return `Secret ${serving.secret.namespace}/${serving.secret.name} tls.crt: issued by ${serving.leaf.issuer}`;
}

function report({ view }: RuleInput, hook: Hook, { summary, broken, cause, evidence }: Verdict): FindingDraft {
  const { configuration } = hook;
  const { kind, metadata } = configuration;
  const same = [...hooksOf(view)].filter(one => one.configuration === configuration);
  const blocking = same.filter(one => one.blocking && scopeOf(view, one).matchesAnything);
  const injected = Object.keys(metadata.annotations).some(key => INJECTED.test(key));
  return {
    severity: broken && blocking.length > 0 ? 'high' : 'warn',
    object: configuration,
    summary,
    evidence: [hookText(hook), ...evidence],
    cause: `${cause}${blocking.length > 0 && broken ? ' It is fail-closed: every request in its scope is refused.' : ''}`,
    fixes: [
      injected && {
        text: 'Make sure that the injector of the caBundle is running (cert-manager cainjector, or the service CA operator of OpenShift): it writes the certificate.',
        command: command(view, ['kubectl', 'get', 'deployment', '-A', '-l', 'app.kubernetes.io/component=cainjector']),
      },
      !injected && {
        text: `Put the CA certificate (ca.crt) that signed the serving certificate into clientConfig.caBundle, in base64.${undoneBy(view, configuration)}`,
        command: command(view, ['kubectl', 'edit', kind.toLowerCase(), metadata.name]),
      },
      ...blocking.slice(0, 1).map(one => ignoreFix(view, one)),
    ],
    because: [...injectors(view), ...sourceOf(configuration.metadata.annotations)],
  };
}

/** The workloads that inject CA bundles: their failure explains an empty or outdated bundle. */
const injectors = (view: ClusterView): Cause[] =>
  [...view.all('Deployment')]
    .filter(({ metadata }) => /cainjector|ca-injector|service-ca/.test(metadata.name))
    .map(one => causeOf(one));

/** The Certificate or Secret that the annotation names as the source of the bundle. */
const sourceOf = (annotations: Readonly<Record<string, string>>): Cause[] =>
  Object.entries(annotations).flatMap(([key, value]) => {
    const [namespace, name] = value.split('/');
    if (!key.startsWith('cert-manager.io/inject-ca-from') || !namespace || !name) return [];
    return [{ kind: key.endsWith('-secret') ? 'Secret' : 'Certificate', namespace, name }];
  });
