import { claimOf, undoneBy } from '../../facts/claims.ts';
import { nearest } from '../../facts/near-miss.ts';
import { patchCommand } from '../../finding/shell.ts';
import type { Rule, RuleInput } from '../../rule.ts';
import { callsSeen, seenSince } from './calls.ts';
import { blockedText, hookEvidence, ignoreFix, removeFix, severityOf } from './dead-hook-report.ts';
import { blockingOf, stalenessOf, type UnreachableHooks, unreachableHooks } from './unreachable-hooks.ts';

const GONE = ['no service', 'namespace missing', 'namespace terminating'] as const;
const isGone = ({ why }: UnreachableHooks): boolean => (GONE as readonly string[]).includes(why);

/** A webhook whose Service is gone and whose configuration nothing manages any more. */
export const webhookStale: Rule = {
  id: 'webhook/stale',
  gate: 'G4',
  needs: ['ValidatingWebhookConfiguration', 'MutatingWebhookConfiguration', 'Service', 'EndpointSlice', 'Namespace'],
  wants: ['Deployment', 'StatefulSet', 'DaemonSet', 'Pod', 'Application'],
  about: {
    looksAt:
      'Webhook configurations whose Service or namespace does not exist, and what still manages the configuration: owners, Argo CD applications, Helm releases, workloads of that name.',
    why: 'A configuration that was left behind when its controller was removed still refuses every request in its scope (failurePolicy Fail).',
    whatToDo: 'Save the configuration and delete it. If the controller is still needed, install it again instead.',
  },
  *look({ view, now }) {
    for (const dead of unreachableHooks(view)) {
      if (!isGone(dead) || stalenessOf(view, dead, []) !== 'certain') continue;
      const service = serviceText(dead);
      yield {
        severity: severityOf(blockingOf(dead)),
        object: dead.configuration,
        summary: `stale webhook: its Service ${service} does not exist (${dead.why === 'no service' ? 'service not found' : dead.why}) and nothing installs it any more`,
        since: seenSince(
          callsSeen(
            view,
            dead.hooks.map(({ hook }) => hook),
          ),
          now,
        ),
        evidence: [
          ...dead.hooks.map(({ evidence }) => evidence).slice(0, 1),
          'no owner, Application, Helm release or workload manages the configuration',
          ...hookEvidence(dead.hooks),
        ],
        cause: `The webhook configuration was left behind when its controller was removed. ${blockedText(dead.hooks)}`,
        fixes: [
          removeFix(view, dead.hooks, 'the stale webhook configuration is useless without its Service.'),
          ...blockingOf(dead)
            .map(({ hook }) => ignoreFix(view, hook))
            .slice(0, 1),
        ],
        because: [{ kind: 'Namespace', name: dead.hooks[0]?.hook.service?.namespace ?? '' }],
      };
    }
  },
};

/** A webhook whose Service is gone although something manages the configuration. */
export const webhookNoService: Rule = {
  id: 'webhook/no-service',
  gate: 'G4',
  needs: webhookStale.needs,
  wants: [...(webhookStale.wants ?? [])],
  about: {
    looksAt:
      'Webhook configurations that name a Service or a namespace which does not exist, while an owner, an application, a Helm release or a workload still manages them.',
    why: 'The API server answers `service "…" not found` and refuses every request in the scope of a fail-closed webhook.',
    whatToDo:
      'Restore the Service (sync the application, upgrade the release), or correct the name in the configuration.',
  },
  *look({ view, now }) {
    for (const dead of unreachableHooks(view)) {
      if (!isGone(dead) || stalenessOf(view, dead, []) === 'certain') continue;
      yield missingService({ view, now }, dead);
    }
  },
};

function missingService({ view, now }: Omit<RuleInput, 'answers'>, dead: UnreachableHooks) {
  const target = dead.hooks[0]?.hook.service ?? { namespace: '', name: '', port: 443 };
  const near = nearest(
    target.name,
    [...view.inNamespace('Service', target.namespace)].map(({ metadata }) => metadata.name),
  );
  const elsewhere = [...view.all('Service')].find(({ metadata }) => metadata.name === target.name)?.metadata.namespace;
  const claim = claimOf(view, dead.configuration);
  const meant =
    near !== undefined
      ? ` There is a Service ${near} in the namespace.`
      : elsewhere !== undefined
        ? ` There is a Service of that name in namespace ${elsewhere}.`
        : '';
  const first = dead.hooks[0]?.hook;
  const path = `/webhooks/${first?.index ?? 0}/clientConfig/service`;
  const right =
    near !== undefined
      ? { op: 'replace', path: `${path}/name`, value: near }
      : { op: 'replace', path: `${path}/namespace`, value: elsewhere };
  return {
    severity: severityOf(blockingOf(dead)),
    object: dead.configuration,
    summary: `its Service ${serviceText(dead)} does not exist (${dead.why === 'no service' ? 'service not found' : dead.why}): no webhook call can succeed`,
    since: seenSince(
      callsSeen(
        view,
        dead.hooks.map(({ hook }) => hook),
      ),
      now,
    ),
    evidence: [...dead.hooks.map(({ evidence }) => evidence).slice(0, 1), claim, ...hookEvidence(dead.hooks)],
    cause: `The webhook configuration calls a Service that is gone.${meant} ${blockedText(dead.hooks)}`,
    fixes: [
      (near ?? elsewhere) !== undefined && {
        text: `Point the webhook configuration to the existing Service.${undoneBy(view, dead.configuration)}`,
        command: patchCommand(view, [dead.configuration.kind.toLowerCase(), dead.configuration.metadata.name], 'json', [
          right,
        ]),
      },
      { text: `Restore the Service ${target.name} in ${target.namespace}${claim ? `: ${claim}` : ''}.` },
      ...blockingOf(dead)
        .map(({ hook }) => ignoreFix(view, hook))
        .slice(0, 1),
      removeFix(view, dead.hooks, 'only if its controller is no longer needed.'),
    ],
    because: [
      { kind: 'Service', namespace: target.namespace, name: target.name },
      { kind: 'Namespace', name: target.namespace },
    ],
  };
}

const serviceText = ({ hooks }: UnreachableHooks): string => {
  const { namespace = '', name = '' } = hooks[0]?.hook.service ?? {};
  return `${namespace}/${name}`;
};
