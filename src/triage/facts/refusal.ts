import type { PolicyHit } from './policy-hits.ts';
import type { NamedService, Unreachable } from './unreachable.ts';

/** How much of one quota resource is requested, used and allowed, as the API server wrote it. */
export interface QuotaLine {
  resource: string;
  requested: string;
  used: string;
  limited: string;
}

/** Why an API server rejected a request. */
export type Refusal =
  | { is: 'webhook unavailable'; webhook: string; how: Unreachable; detail: string; service?: NamedService }
  | {
      is: 'conversion failed';
      group: string;
      version: string;
      kind: string;
      how: Unreachable;
      detail: string;
      service?: NamedService;
    }
  | { is: 'webhook denied'; webhook: string; message: string; hits: PolicyHit[] }
  | {
      is: 'policy denied';
      /** Whether it is a ValidatingAdmissionPolicy; otherwise a MutatingAdmissionPolicy. */
      validating: boolean;
      policy: string;
      binding: string;
      message: string;
      paramsMissing: boolean;
      /** The error of an expression that could not be evaluated: the policy is the cause, not the rejected object. */
      failed?: string;
    }
  /** A matchCondition of a webhook that could not be evaluated. The API server does not name the webhook. */
  | { is: 'condition failed'; expression: string; error: string }
  | { is: 'quota exceeded'; quota: string; lines: QuotaLine[] }
  | { is: 'quota needs values'; quota: string; missing: string }
  | { is: 'limit range'; message: string }
  | { is: 'pod security'; level: string; message: string }
  | { is: 'service account missing'; namespace: string; name: string }
  | { is: 'namespace terminating'; namespace: string }
  | { is: 'immutable field'; kind?: string; name?: string; field: string; message: string }
  | { is: 'no such kind'; kind?: string; group?: string; version?: string }
  | {
      is: 'forbidden';
      user: string;
      verb: string;
      resource: string;
      group: string;
      namespace?: string;
      roleMissing?: string;
    }
  | { is: 'not found'; resource: string; name: string }
  | { is: 'too long'; field: string }
  | { is: 'unknown field'; field: string }
  | { is: 'invalid'; kind: string; name: string; message: string }
  | { is: 'unreachable'; how: Unreachable; detail: string; service?: NamedService };
