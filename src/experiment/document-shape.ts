import { any, boolean, duration, fields, int32, list, type Shape, text, texts } from './yaml/shape.ts';

/** One steady-state check. */
const CHECK_FIELDS = {
  type: text,
  apiVersion: text,
  kind: text,
  name: text,
  namespace: text,
  conditionType: text,
  fieldPath: text,
  expectedValue: text,
};

/** A check of a knowledge model; newer models also have a number of replicas. Only the names in it are used: it is never run. */
export const MODEL_CHECK: Shape = fields({ ...CHECK_FIELDS, expectedReplicas: int32 });

/** The fields of a ChaosExperiment; anything else is an error. Parts that mayday does not use are accepted unread. */
export const EXPERIMENT: Shape = fields({
  apiVersion: text,
  kind: text,
  metadata: fields({
    name: text,
    namespace: text,
    labels: texts,
    annotations: texts,
    generateName: any,
    selfLink: any,
    uid: any,
    resourceVersion: any,
    generation: any,
    creationTimestamp: any,
    deletionTimestamp: any,
    deletionGracePeriodSeconds: any,
    ownerReferences: any,
    finalizers: any,
    managedFields: any,
  }),
  spec: fields({
    tier: int32,
    target: fields({ operator: text, component: text, resource: text }),
    steadyState: fields({
      checks: list(fields(CHECK_FIELDS)),
      timeout: duration,
    }),
    injection: fields({ type: text, parameters: texts, count: int32, ttl: duration, dangerLevel: text }),
    hypothesis: fields({ description: text, recoveryTimeout: duration }),
    blastRadius: fields({
      maxPodsAffected: int32,
      allowedNamespaces: list(text),
      forbiddenResources: list(text),
      allowDangerous: boolean,
      dryRun: boolean,
    }),
  }),
  status: any,
});

/** A decoded document without defaults: absent fields are undefined. */
export interface RawExperiment {
  apiVersion?: string;
  kind?: string;
  metadata?: {
    name?: string;
    namespace?: string;
    labels?: Record<string, string>;
    annotations?: Record<string, string>;
  };
  spec?: {
    tier?: number;
    target?: { operator?: string; component?: string; resource?: string };
    steadyState?: { checks?: RawCheck[]; timeout?: number };
    injection?: {
      type?: string;
      parameters?: Record<string, string>;
      count?: number;
      ttl?: number;
      dangerLevel?: string;
    };
    hypothesis?: { description?: string; recoveryTimeout?: number };
    blastRadius?: {
      maxPodsAffected?: number;
      allowedNamespaces?: string[];
      forbiddenResources?: string[];
      allowDangerous?: boolean;
      dryRun?: boolean;
    };
  };
}

/** A steady-state check of a decoded document. */
export interface RawCheck {
  type?: string;
  apiVersion?: string;
  kind?: string;
  name?: string;
  namespace?: string;
  conditionType?: string;
  fieldPath?: string;
  expectedValue?: string;
}
