import type { SteadyStateCheck } from '../experiment/types.ts';
import { API_VERSION, KIND } from '../experiment/validate-document.ts';
import { isClusterScoped } from '../faults/recognition.ts';
import { kubernetesName } from '../faults/rules/check.ts';
import type { Parameters } from '../faults/rules/rules.ts';
import { FAULT_RULES, type FaultType } from '../faults/types.ts';
import type { KubeObject } from '../k8s/object.ts';
import { nameOf } from '../k8s/object-ref.ts';
import { yamlText } from '../text/yaml.ts';
import { dangerWith } from './danger.ts';
import type { Offer, Subject } from './offers.ts';
import { steadyCheck } from './steady.ts';

/** A draft of an experiment; every value is text as a person types it. */
export interface Draft {
  type: FaultType;
  name: string;
  /** The namespace of the target. */
  namespace: string;
  parameters: Parameters;
  ttl: string;
  recoveryTimeout: string;
  maxPods: string;
  target: { operator: string; component: string; resource: string };
  check: SteadyStateCheck;
  /** The hypothesis, in a sentence. */
  description: string;
}

/** The namespace for injections without one: that of the framework. */
const FRAMEWORK_NAMESPACE = 'operator-chaos-system';
const TTL = '5m';
const RECOVERY = '2m';
const LONGEST_NAME = 63;

/** An experiment for a fault that fits, filled in from the object. */
export function draftOf(offer: Offer & { fits: true }, subject: Subject): Draft {
  const { type, parameters } = offer;
  const { object } = subject;
  const namespace = offer.namespace ?? (isClusterScoped(type, parameters) ? FRAMEWORK_NAMESPACE : '');
  const top = subject.owners.at(-1) ?? object;
  return {
    type,
    name: experimentName(top.metadata.name, type),
    namespace,
    parameters,
    ttl: TTL,
    recoveryTimeout: RECOVERY,
    maxPods: '1',
    target: {
      operator: named(object.metadata.labels?.['app.kubernetes.io/part-of'], namespace, object.kind.toLowerCase()),
      component: named(top.metadata.name, object.kind.toLowerCase()),
      resource: `${object.kind}/${object.metadata.name}`,
    },
    check: steadyCheck(subject),
    description: expectation(type, object),
  };
}

/** The first of these names that is valid for an operator or a component. */
const named = (...names: (string | undefined)[]): string =>
  names.find(name => name !== undefined && name !== '' && kubernetesName(name) === undefined) ?? 'unknown';

const kebab = (type: string): string =>
  type.replace(/(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])/g, '-').toLowerCase();

/** `web-pod-kill`; a long object name is cut. */
function experimentName(name: string, type: FaultType): string {
  const ending = `-${kebab(type)}`;
  const plain = name.toLowerCase().replace(/[^a-z0-9-]+/g, '-');
  return `${plain.slice(0, LONGEST_NAME - ending.length).replace(/^-+|-+$/g, '') || 'object'}${ending}`;
}

function expectation(type: FaultType, object: KubeObject): string {
  const { namespace, name } = object.metadata;
  const what = nameOf({ kind: object.kind, name, ...(namespace !== undefined && { namespace }) });
  return FAULT_RULES[type].expects === 'self-heal'
    ? `${what} recovers from ${type} by itself.`
    : `${what} survives ${type} and is healthy again once it is reverted.`;
}

/** The draft as a ChaosExperiment document; parts that are empty are left out. */
export function documentOf(draft: Draft): Record<string, unknown> {
  const { type, namespace, target } = draft;
  const parameters = Object.fromEntries(
    Object.entries(draft.parameters).filter(
      ([name, value]) => value !== '' || FAULT_RULES[type].parameters[name]?.mayBeEmpty === true,
    ),
  );
  const danger = dangerWith(type, parameters);
  const isHigh = danger === 'high';
  return {
    apiVersion: API_VERSION,
    kind: KIND,
    metadata: { name: draft.name, ...(namespace !== '' && { namespace }) },
    spec: {
      tier: FAULT_RULES[type].tier,
      target,
      steadyState: { checks: [draft.check], timeout: '30s' },
      injection: { type, dangerLevel: danger, parameters, count: 1, ttl: draft.ttl },
      hypothesis: { description: draft.description, recoveryTimeout: draft.recoveryTimeout },
      blastRadius: {
        maxPodsAffected: /^\d{1,9}$/.test(draft.maxPods) ? Number(draft.maxPods) : draft.maxPods,
        ...(namespace !== '' && !isClusterScoped(type, parameters) && { allowedNamespaces: [namespace] }),
        ...(isHigh && { allowDangerous: true }),
      },
    },
  };
}

/** The document as YAML, which `validate` and the framework read. */
export const draftText = (draft: Draft): string => yamlText(documentOf(draft));
