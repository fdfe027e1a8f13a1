import type { KubeObject, ObjectRef } from '../../k8s/object.ts';
import type { Outcome } from '../../kube/client/http/outcome.ts';
import type { Clean } from '../../text/sanitise.ts';
import type { UnfollowedMarks } from './unfollowed-marks.ts';

/** One single read for one finding: never a whole kind, except the metadata of all instances of one custom kind. */
export type NamedRead =
  | { is: 'log'; namespace: string; pod: string; container: string; previous?: boolean; lines: number }
  | { is: 'object'; ref: ObjectRef }
  | {
      is: 'instances';
      apiVersion: string;
      kind: string;
      namespace?: string;
      /** A label selector. */
      labels?: string;
      /** Optional: nothing shows that there are any, so a user who may not read them is not blind. */
      optional?: true;
    }
  /** The certificates in a Secret (`tls.crt`, `ca.crt`), in PEM. Private keys and other values are dropped at once. */
  | { is: 'certificates'; namespace: string; secret: string }
  | { is: 'path'; path: string }
  /** The metadata of objects with marks of an injection, of the kinds that the view does not follow. */
  | { is: 'marks' };

/** The outcomes of the reads; undefined for a read that was not made. Text is sanitised. */
export interface Answers {
  log(read: Extract<NamedRead, { is: 'log' }>): Outcome<Clean[]> | undefined;
  object(ref: ObjectRef): Outcome<KubeObject> | undefined;
  instances(read: Extract<NamedRead, { is: 'instances' }>): Outcome<KubeObject[]> | undefined;
  certificates(namespace: string, secret: string): Outcome<{ name: string; pem: string }[]> | undefined;
  path(path: string): Outcome<string> | undefined;
  marks(): Outcome<UnfollowedMarks> | undefined;
}
