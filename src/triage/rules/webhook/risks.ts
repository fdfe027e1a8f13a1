import type { Rule } from '../../rule.ts';
import { hookEvidence, ignoreFix } from './dead-hook-report.ts';
import { hooksOf, hookText, routeOf } from './hooks.ts';
import { scopeOf, scopeText } from './scope.ts';
import { blockingOf, unreachableHooks } from './unreachable-hooks.ts';

const NEEDS = [
  'ValidatingWebhookConfiguration',
  'MutatingWebhookConfiguration',
  'Service',
  'EndpointSlice',
  'Namespace',
] as const;
/** A timeout that is noticeable at every request. */
const LONG_SECONDS = 15;

/** A webhook that only some API servers can call, because its Service is headless or of type ExternalName. */
export const webhookUnroutable: Rule = {
  id: 'webhook/unroutable',
  gate: 'G4',
  needs: NEEDS,
  about: {
    looksAt: 'Webhooks whose Service is headless or of type ExternalName.',
    why: 'Most API servers call the ClusterIP of a Service: a headless Service has none, and an ExternalName is called outside the cluster. API servers that connect to endpoints directly can call a headless Service, but refuse an ExternalName.',
    whatToDo: 'Give the webhook an ordinary ClusterIP Service.',
  },
  *look({ view }) {
    for (const dead of unreachableHooks(view)) {
      if (dead.why !== 'headless' && dead.why !== 'external name') continue;
      const { namespace = '', name = '' } = dead.hooks[0]?.hook.service ?? {};
      yield {
        severity: 'warn',
        object: dead.configuration,
        summary:
          dead.why === 'headless'
            ? `its Service ${namespace}/${name} is headless: most API servers cannot call it`
            : `its Service ${namespace}/${name} is of type ExternalName: some API servers refuse it`,
        evidence: [...dead.hooks.slice(0, 1).map(({ evidence }) => evidence), ...hookEvidence(dead.hooks)],
        fixes: [
          { text: `Use a Service with a ClusterIP for the pods of the webhook.` },
          ...blockingOf(dead)
            .slice(0, 1)
            .map(({ hook }) => ignoreFix(view, hook)),
        ],
        because: [{ kind: 'Service', namespace, name }],
      };
    }
  },
};

/** A webhook that is ignored when it fails, but can delay every request until its timeout. */
export const webhookSlow: Rule = {
  id: 'webhook/slow',
  gate: 'G4',
  needs: NEEDS,
  about: {
    looksAt: 'Webhooks with failurePolicy Ignore and a long timeoutSeconds whose Service cannot be reached.',
    why: 'No request is refused, but if connections hang instead of failing at once, each request waits for the whole timeout.',
    whatToDo: 'Remove the webhook, fix its Service, or lower timeoutSeconds.',
  },
  *look({ view }) {
    for (const dead of unreachableHooks(view)) {
      const slow = dead.hooks.filter(
        ({ hook, scope }) => !hook.blocking && scope.matchesAnything && hook.timeoutSeconds >= LONG_SECONDS,
      );
      if (slow.length === 0) continue;
      yield {
        severity: 'warn',
        object: dead.configuration,
        summary: `an unreachable webhook with failurePolicy Ignore may delay each request by up to ${Math.max(...slow.map(({ hook }) => hook.timeoutSeconds))} s`,
        evidence: [...dead.hooks.slice(0, 1).map(({ evidence }) => evidence), ...hookEvidence(slow)],
        fixes: [
          { text: 'Lower timeoutSeconds of the webhook, or remove its configuration if nothing should serve it.' },
        ],
      };
    }
  },
};

/** A fail-closed webhook with a single endpoint. */
export const webhookSingle: Rule = {
  id: 'webhook/single-endpoint',
  gate: 'G4',
  needs: NEEDS,
  about: {
    looksAt: 'Fail-closed webhooks whose scope is not empty, with only one ready endpoint.',
    why: 'While that one pod is gone (after a drain, an eviction or an update), every request in the scope of the webhook is refused.',
    whatToDo: 'Run at least two replicas, spread over nodes, with a PodDisruptionBudget.',
  },
  *look({ view }) {
    const done = new Set<string>();
    for (const hook of hooksOf(view)) {
      const route = routeOf(view, hook);
      if (!hook.blocking || route === undefined || route.is === 'broken' || route.endpoints !== 1) continue;
      const key = `${hook.configuration.metadata.uid} ${hook.service?.namespace}/${hook.service?.name}`;
      const scope = scopeOf(view, hook);
      if (done.has(key) || !scope.matchesAnything) continue;
      done.add(key);
      yield {
        severity: 'warn',
        object: hook.configuration,
        summary: `single point of failure: one endpoint behind Service ${hook.service?.namespace}/${hook.service?.name}`,
        evidence: [hookText(hook), `${hook.name} is called for: ${scopeText(scope)}`],
        fixes: [{ text: 'Run at least two replicas of the webhook, on different nodes.' }],
      };
    }
  },
};
