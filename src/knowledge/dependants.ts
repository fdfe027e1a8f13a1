import type { ObjectRef } from '../k8s/object.ts';
import { type Component, type Knowledge, type ManagedResource, managedRef } from './document.ts';

/** A component that depends on another one. */
export interface Dependant {
  operator: string;
  component: string;
  /** Its Deployments, which would show an impact. */
  deployments: readonly ObjectRef[];
}

/**
 * The components that depend directly on `component` of `operator`. A dependency names a component of the same
 * operator, another operator (all its components), or a component of any other operator, as in the models that ship
 * with the framework.
 */
export function dependantsOf(models: readonly Knowledge[], operator: string, component: string): Dependant[] {
  const isTarget = (knowledge: Knowledge, name: string): boolean =>
    knowledge.operator.name === operator
      ? name === component
      : name === operator || (name === component && !knowledge.components.some(own => own.name === name));
  return models.flatMap(knowledge =>
    knowledge.components
      .filter(({ name }) => knowledge.operator.name !== operator || name !== component)
      .filter(({ dependencies }) => dependencies.some(name => isTarget(knowledge, name)))
      .map(dependant => ({
        operator: knowledge.operator.name,
        component: dependant.name,
        deployments: deploymentsOf(dependant, knowledge),
      })),
  );
}

const isDeployment = ({ apiVersion, kind }: ManagedResource): boolean =>
  kind === 'Deployment' && apiVersion === 'apps/v1';

const deploymentsOf = ({ managedResources }: Component, knowledge: Knowledge): ObjectRef[] =>
  managedResources.filter(isDeployment).map(resource => managedRef(resource, knowledge, false));
