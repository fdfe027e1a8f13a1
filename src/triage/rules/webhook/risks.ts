import type { Rule } from '../../rule.ts';
import { blockingOf, deadHooks } from './dead.ts';
import { hookEvidence, ignoreFix } from './dead-hook-report.ts';
import { hooksOf, hookText, routeOf } from './hooks.ts';
import { scopeOf, scopeText } from './scope.ts';

const NEEDS = [
  'ValidatingWebhookConfiguration',
  'MutatingWebhookConfiguration',
  'Service',
  'EndpointSlice',
  'Namespace',
] as const;
/** A timeout that is noticeable at every request. */
const LONG_SECONDS = 15;

/** A webhook that works only with a certain setup of the API server, or only by addresses outside the cluster. */
export const webhookUnroutable: Rule = {
  id: 'webhook/unroutable',
  gate: 'G4',
  needs: NEEDS,
  about: {
    looksAt: 'Webhooks whose Service is headless or of type ExternalName.',
    why: 'Most API servers call the ClusterIP of a Service: a headless one has none, and an external name is dialled outside the cluster. Only API servers that route to endpoints reach the first, and they refuse the second.',
    whatToDo: 'Give the webhook an ordinary ClusterIP Service.',
  },
  *look({ view }) {
    for (const dead of deadHooks(view)) {
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
          { text: `Call the pods by a Service with a ClusterIP.` },
          ...blockingOf(dead)
            .slice(0, 1)
            .map(({ hook }) => ignoreFix(view, hook)),
        ],
        because: [{ kind: 'Service', namespace, name }],
      };
    }
  },
};

/** A webhook that can delay every request for long before it is ignored. */
export const webhookSlow: Rule = {
  id: 'webhook/slow',
  gate: 'G4',
  needs: NEEDS,
  about: {
    looksAt: 'Webhooks with failurePolicy Ignore and a long timeoutSeconds whose Service leads nowhere.',
    why: 'Nothing is refused, but where connections hang instead of being refused, each request waits for the whole timeout.',
    whatToDo: 'Remove the webhook, fix its Service, or lower timeoutSeconds.',
  },
  *look({ view }) {
    for (const dead of deadHooks(view)) {
      const slow = dead.hooks.filter(
        ({ hook, scope }) => !hook.blocking && scope.reaches && hook.timeoutSeconds >= LONG_SECONDS,
      );
      if (slow.length === 0) continue;
      yield {
        severity: 'warn',
        object: dead.configuration,
        summary: `a dead webhook with failurePolicy Ignore may delay each request by up to ${Math.max(...slow.map(({ hook }) => hook.timeoutSeconds))} s`,
        evidence: [...dead.hooks.slice(0, 1).map(({ evidence }) => evidence), ...hookEvidence(slow)],
        fixes: [
          { text: 'Lower timeoutSeconds of the webhook, or remove its configuration if nothing is to serve it.' },
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
    looksAt: 'Fail-closed webhooks that something is called for, with one ready endpoint.',
    why: 'When that one pod goes (a drained node, an eviction, an update), everything in the scope of the webhook is refused until it is back.',
    whatToDo: 'Run at least two replicas, spread over nodes, with a PodDisruptionBudget.',
  },
  *look({ view }) {
    const done = new Set<string>();
    for (const hook of hooksOf(view)) {
      const route = routeOf(view, hook);
      if (!hook.blocking || route === undefined || !('usable' in route) || route.usable !== 1) continue;
      const key = `${hook.configuration.metadata.uid} ${hook.service?.namespace}/${hook.service?.name}`;
      const scope = scopeOf(view, hook);
      if (done.has(key) || !scope.reaches) continue;
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
