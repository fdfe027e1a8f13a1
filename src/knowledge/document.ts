import { MODEL_CHECK } from '../experiment/document-shape.ts';
import { duration, fields, int32, json, list, type Shape, text, texts } from '../experiment/yaml/shape.ts';
import type { Json, ObjectRef } from '../k8s/object.ts';

/** The fields of an operator's knowledge model, as the framework's loader takes them; anything else is an error. */
export const KNOWLEDGE: Shape = fields({
  operator: fields({ name: text, namespace: text, repository: text, version: text, platform: text, olmChannel: text }),
  components: list(
    fields({
      name: text,
      controller: text,
      managedResources: list(
        fields({
          apiVersion: text,
          kind: text,
          name: text,
          namespace: text,
          labels: texts,
          ownerRef: text,
          expectedSpec: json,
        }),
      ),
      dependencies: list(text),
      steadyState: fields({ checks: list(MODEL_CHECK), timeout: duration }),
      webhooks: list(fields({ name: text, type: text, path: text })),
      finalizers: list(text),
    }),
  ),
  recovery: fields({ reconcileTimeout: duration, maxReconcileCycles: int32 }),
});

/** An object that an operator manages. */
export interface ManagedResource {
  apiVersion: string;
  kind: string;
  name: string;
  namespace?: string;
  labels?: Readonly<Record<string, string>>;
  /** Kind of the owner that it should have. */
  ownerRef?: string;
  /** Top-level fields of its spec. */
  expectedSpec?: Readonly<Record<string, Json>>;
}

export interface Component {
  name: string;
  controller: string;
  managedResources: readonly ManagedResource[];
  /** Components of the same operator, or other operators, that it depends on. */
  dependencies: readonly string[];
  webhooks: readonly { name: string; type: string; path: string }[];
  finalizers: readonly string[];
}

/** A knowledge model: the components of an operator, the objects that they manage, and their dependencies. */
export interface Knowledge {
  operator: { name: string; namespace: string; version?: string };
  components: readonly Component[];
  /** Milliseconds. */
  reconcileTimeoutMs?: number;
  path: string;
}

/** The decoded document without defaults. */
export interface RawKnowledge {
  operator?: { name?: string; namespace?: string; version?: string };
  components?: RawComponent[];
  recovery?: { reconcileTimeout?: number; maxReconcileCycles?: number };
}

export interface RawComponent {
  name?: string;
  controller?: string;
  managedResources?: (Partial<ManagedResource> & { expectedSpec?: Json })[];
  dependencies?: string[];
  webhooks?: { name?: string; type?: string; path?: string }[];
  finalizers?: string[];
}

/**
 * The reference to a managed resource. Without a namespace of its own it is in its operator's namespace. Unknown
 * kinds count as namespaced.
 */
export function managedRef(
  { apiVersion, kind, name, namespace }: ManagedResource,
  { operator }: Pick<Knowledge, 'operator'>,
  isClusterScoped: boolean,
): ObjectRef {
  const home = namespace ?? (operator.namespace || undefined);
  return { apiVersion, kind, name, ...(!isClusterScoped && home !== undefined && { namespace: home }) };
}
