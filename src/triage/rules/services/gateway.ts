import type { ClusterView, ViewObject } from '../../../health/view/cluster-view.ts';
import { fields, list, text, time } from '../../../k8s/fields.ts';
import { undoneBy } from '../../facts/claims.ts';
import { created } from '../../facts/fields.ts';
import { nearest } from '../../facts/near-miss.ts';
import { type FindingDraft, refOf } from '../../finding/build.ts';
import { causeOf } from '../../finding/cause.ts';
import type { Cause } from '../../finding/finding.ts';
import { command, named } from '../../finding/shell.ts';
import type { Rule } from '../../rule.ts';

/** Gateway controllers respond within seconds, but a load balancer may take minutes. */
const GRACE_MS = 5 * 60_000;

interface FailedCondition {
  /** Where the condition is: `status.conditions`, `listener https`, `parent Gateway web`. */
  where: string;
  type: string;
  reason: string;
  message: string;
  since: number | undefined;
}

/** Condition types for which False means that something does not work. */
const MUST_BE_TRUE = ['Accepted', 'Programmed', 'ResolvedRefs', 'Attached'];

function failedConditions(conditions: unknown, where: string): FailedCondition[] {
  return list(conditions)
    .filter(one => MUST_BE_TRUE.includes(text(one.type)) && one.status === 'False')
    .map(one => ({
      where,
      type: text(one.type),
      reason: text(one.reason),
      message: text(one.message).replace(/\.$/, ''),
      since: time(one.lastTransitionTime),
    }));
}

const failedOfGateway = ({ status }: ViewObject): FailedCondition[] => [
  ...failedConditions(status.conditions, 'status.conditions'),
  ...list(status.listeners).flatMap(one => failedConditions(one.conditions, `listener ${text(one.name)}`)),
];

const failedOfRoute = ({ status }: ViewObject): FailedCondition[] =>
  list(status.parents).flatMap(one =>
    failedConditions(one.conditions, `parent Gateway ${text(fields(one.parentRef).name)}`),
  );

/** A Gateway or route that its controller does not accept, or with unresolved references. */
export const gatewayNotProgrammed: Rule = {
  id: 'service/gateway',
  gate: 'G9',
  needs: ['Gateway', 'HTTPRoute'],
  wants: ['Service', 'Event'],
  about: {
    looksAt:
      'The conditions Accepted, Programmed and ResolvedRefs of Gateways, of their listeners, and of HTTPRoutes for each Gateway that they name; routes that name a Gateway or a Service that does not exist.',
    why: 'A listener or a route that is not accepted serves no traffic: clients get 404, 500 or no connection, although all pods are healthy.',
    whatToDo:
      'Correct the reference that the condition names: the Service, the certificate, the Gateway or its listener.',
  },
  *look({ view, now }) {
    for (const gateway of view.all('Gateway')) {
      const wrong = failedOfGateway(gateway).filter(one => now - (one.since ?? created(gateway)) >= GRACE_MS);
      if (wrong.length > 0) yield report(view, gateway, wrong, []);
      else if (list(gateway.status.conditions).length === 0 && now - created(gateway) >= GRACE_MS)
        yield report(view, gateway, [noController(`class ${text(gateway.spec.gatewayClassName)}`)], []);
    }
    for (const route of view.all('HTTPRoute')) {
      const wrong = failedOfRoute(route).filter(one => now - (one.since ?? created(route)) >= GRACE_MS);
      const parents = parentsOf(view, route);
      if (wrong.length > 0 || (parents.missing.length > 0 && now - created(route) >= GRACE_MS))
        yield report(view, route, wrong.length > 0 ? wrong : [missingParent(parents.missing)], parents.causes);
    }
  },
};

const noController = (what: string): FailedCondition => ({
  where: 'status.conditions',
  type: 'Accepted',
  reason: 'NoController',
  message: `no controller has set a condition: nothing in the cluster handles its ${what}`,
  since: undefined,
});

const missingParent = (names: readonly string[]): FailedCondition => ({
  where: 'spec.parentRefs',
  type: 'Accepted',
  reason: 'NoParent',
  message: `Gateway ${names.join(', ')} does not exist`,
  since: undefined,
});

function parentsOf(view: ClusterView, route: ViewObject): { missing: string[]; causes: Cause[] } {
  const refs = list(route.spec.parentRefs)
    .filter(one => (text(one.kind) || 'Gateway') === 'Gateway')
    .map(one => ({ name: text(one.name), namespace: text(one.namespace) || (route.metadata.namespace ?? '') }));
  return {
    missing: refs.filter(({ name, namespace }) => !view.get('Gateway', namespace, name)).map(({ name }) => name),
    causes: refs.map(({ name, namespace }) => causeOf({ kind: 'Gateway', namespace, name })),
  };
}

function report(
  view: ClusterView,
  object: ViewObject,
  wrong: readonly FailedCondition[],
  because: readonly Cause[],
): FindingDraft {
  const [first] = wrong as [FailedCondition];
  const sinces = wrong.flatMap(({ since }) => since ?? []);
  const { namespace = '' } = object.metadata;
  const backends = list(object.spec.rules)
    .flatMap(rule => list(rule.backendRefs))
    .filter(one => (text(one.kind) || 'Service') === 'Service' && (text(one.namespace) || namespace) === namespace)
    .map(one => text(one.name));
  const lost = backends.filter(name => name !== '' && view.get('Service', namespace, name) === undefined);
  const services = view.inNamespace('Service', namespace).map(({ metadata }) => metadata.name);
  const near = lost.length > 0 ? nearest(lost[0] as string, services) : undefined;
  return {
    severity: 'high',
    object,
    summary: `${object.kind === 'Gateway' ? 'the Gateway does not serve' : 'the route serves no traffic'}: ${first.type} is False (${first.reason}): ${first.message}${near ? `; Service ${near} exists` : ''}`,
    since: sinces.length > 0 ? { at: Math.min(...sinces), exact: true } : { at: created(object), exact: false },
    evidence: [
      ...wrong.slice(0, 6).map(one => `${one.where} ${one.type}: False ${one.reason} "${one.message}"`),
      ...[...new Set(lost)].map(name => `Service ${namespace}/${name}: not found`),
    ],
    cause: `${first.message || first.reason}.`,
    fixes: [
      {
        text: `${near ? `Refer to Service ${near} in backendRefs, not to ${lost[0]}` : lost.length > 0 ? `Create Service ${lost[0]}, or correct backendRefs` : `Correct what ${first.where} names (${first.reason})`}.${undoneBy(view, object)}`,
        command: command(view, ['kubectl', 'edit', ...named(refOf(object))]),
      },
      { text: 'Read all of its conditions.', command: command(view, ['kubectl', 'describe', ...named(refOf(object))]) },
    ],
    because: [
      causeOf(refOf(object), 'chaos/'),
      ...because,
      ...[...new Set(backends)].map(name => causeOf({ kind: 'Service', namespace, name })),
    ],
  };
}
