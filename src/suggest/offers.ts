import { validateParameters } from '../experiment/parameters.ts';
import { forbiddenNamespace } from '../experiment/scope.ts';
import { isClusterScoped } from '../faults/recognition.ts';
import { faultOf } from '../faults/registry.ts';
import type { Danger, Expectation, Parameters } from '../faults/rules/rules.ts';
import { FAULT_RULES, FAULT_TYPES, type FaultType } from '../faults/types.ts';
import { aKind } from '../injection/plan/fit.ts';
import { injectable, isRefusal } from '../injection/plan/refuse.ts';
import type { KubeObject, ObjectRef } from '../k8s/object.ts';
import { refOf, sameObject } from '../k8s/object-ref.ts';
import { type Clean, sanitise } from '../text/sanitise.ts';
import { dangerWith } from './danger.ts';

/** The object that faults are suggested for, with its owners. */
export interface Subject {
  object: KubeObject;
  /** Its chain of controlling owners, nearest first. */
  owners: readonly KubeObject[];
  /** The resource name of its kind in URLs, if known. */
  resource?: string;
}

/** One fault type for an object: with parameters filled in from it, or why it does not fit. */
export type Offer = { type: FaultType; danger: Danger; expects: Expectation } & (
  | { fits: true; parameters: Parameters; namespace?: string }
  | { fits: false; reason: Clean }
);

/** Every fault type in the order of the catalogue, those that fit the object first. */
export function offersFor(subject: Subject): Offer[] {
  const offers = FAULT_TYPES.map(type => offerOf(type, subject));
  return [...offers.filter(({ fits }) => fits), ...offers.filter(({ fits }) => !fits)];
}

function offerOf(type: FaultType, { object, resource }: Subject): Offer {
  const { expects, danger } = FAULT_RULES[type];
  const answer = faultOf(type).appliesTo(object, resource);
  if (!answer.fits) return { type, expects, danger, fits: false, reason: sanitise(answer.reason, 200) };
  const { parameters, namespace } = answer;
  const about = { type, expects, danger: dangerWith(type, parameters) };
  const reason =
    placeProblem(type, parameters, namespace) ?? ruleProblem(type, parameters) ?? targetProblem(type, answer, object);
  return reason === undefined
    ? { ...about, fits: true, parameters, ...(namespace !== undefined && { namespace }) }
    : { ...about, fits: false, reason: sanitise(reason, 200) };
}

function placeProblem(type: FaultType, parameters: Parameters, namespace: string | undefined): string | undefined {
  if (namespace === undefined || isClusterScoped(type, parameters)) return undefined;
  return forbiddenNamespace(namespace, true);
}

/** Why `validate` would refuse these parameters; undefined when it would not. */
function ruleProblem(type: FaultType, parameters: Parameters): string | undefined {
  return validateParameters(type, parameters).errors[0]?.message;
}

/**
 * Why a fault cannot change this object: it already has an injection, or it has no namespace and the type needs one.
 */
function targetProblem(
  type: FaultType,
  { parameters, namespace = '' }: { parameters: Parameters; namespace?: string },
  object: KubeObject,
): string | undefined {
  if (!isTarget(type, parameters, namespace, object)) return undefined;
  const { kind, metadata } = object;
  if (metadata.namespace === undefined && kind !== 'Namespace' && !isClusterScoped(type, parameters))
    return `${aKind(kind)} lives in no namespace, and ${type} stays within one`;
  const answer = injectable({ state: 'found', value: object }, refOf(object));
  return isRefusal(answer) ? answer.message : undefined;
}

/** Whether the object is the one that the fault changes, and not only a related one. */
function isTarget(type: FaultType, parameters: Parameters, namespace: string, object: KubeObject): boolean {
  const fault = faultOf(type);
  const reads = fault.reads(fault.parse(parameters), { namespace, count: 1 }, new Map());
  const { namespace: own = '' } = object.metadata;
  // Faults on any kind state a namespace even for cluster-scoped kinds.
  const placed = (ref: ObjectRef): ObjectRef => ({ ...ref, namespace: own });
  return reads.some(read => 'get' in read && sameObject(placed(read.get), placed(refOf(object))));
}
