import { undoneBy } from '../../facts/claims.ts';
import { servicePorts } from '../../facts/service-route.ts';
import { command, patchCommand } from '../../finding/shell.ts';
import type { Rule } from '../../rule.ts';
import { callEvidence, callsSeen, seenSince } from './calls.ts';
import { blockedText, hookEvidence, ignoreFix, severityOf } from './dead-hook-report.ts';
import { blockingOf, unreachableHooks } from './unreachable-hooks.ts';

/** A webhook whose configured port does not exist in its Service. */
export const webhookNoPort: Rule = {
  id: 'webhook/no-port',
  gate: 'G4',
  needs: ['ValidatingWebhookConfiguration', 'MutatingWebhookConfiguration', 'Service', 'EndpointSlice', 'Namespace'],
  wants: ['Application'],
  about: {
    looksAt:
      'The port in clientConfig.service of each webhook (443 if none is set), compared with spec.ports of the Service.',
    why: 'The API server answers `no service port N found for service` and cannot call the webhook, although its pods are ready.',
    whatToDo: 'Correct the port in the webhook configuration, or the port of the Service.',
  },
  *look({ view, now }) {
    for (const dead of unreachableHooks(view)) {
      const hook = dead.hooks[0]?.hook;
      const target = hook?.service;
      if (dead.why !== 'no port' || hook === undefined || target === undefined) continue;
      const service = view.get('Service', target.namespace, target.name);
      const ports = service === undefined ? [] : servicePorts(service);
      const calls = callsSeen(
        view,
        dead.hooks.map(one => one.hook),
      );
      const { configuration } = dead;
      const path = `/webhooks/${hook.index}/clientConfig/service/port`;
      yield {
        severity: severityOf(blockingOf(dead)),
        object: configuration,
        summary: `no service port ${target.port} found for its Service ${target.namespace}/${target.name}, which has ${ports.join(', ') || 'no ports'}`,
        since: seenSince(calls, now),
        evidence: [
          `webhooks[${hook.index}].clientConfig.service.port: ${target.port}`,
          ...dead.hooks.slice(0, 1).map(({ evidence }) => evidence),
          ...hookEvidence(dead.hooks),
          ...calls.slice(0, 2).map(callEvidence),
        ],
        cause: `The webhook configuration calls port ${target.port}; the Service serves only ${ports.join(', ') || 'no port'}. ${blockedText(dead.hooks)}`,
        fixes: [
          ports[0] !== undefined &&
            hook.url === undefined && {
              text: `Point the webhook configuration to port ${ports[0]}, which the Service has.${undoneBy(view, configuration)}`,
              command: patchCommand(view, [configuration.kind.toLowerCase(), configuration.metadata.name], 'json', [
                { op: 'test', path: `/webhooks/${hook.index}/name`, value: hook.name },
                { op: 'add', path, value: ports[0] },
              ]),
            },
          service !== undefined && {
            text: `Or add port ${target.port} to the Service again.${undoneBy(view, service)}`,
            command: command(view, ['kubectl', 'edit', 'service', target.name, '-n', target.namespace]),
          },
          ...blockingOf(dead)
            .slice(0, 1)
            .map(one => ignoreFix(view, one.hook)),
        ],
        because: [{ kind: 'Service', namespace: target.namespace, name: target.name, rule: 'chaos/' }],
      };
    }
  },
};
