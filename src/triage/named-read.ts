import type { KubeObject, ObjectRef } from '../k8s/object.ts';
import type { Outcome } from '../kube/client/outcome.ts';
import type { Clean } from '../text/sanitise.ts';
import type { MarksElsewhere } from './marks-elsewhere.ts';

/** One thing to read for one finding: never a whole kind of the cluster, except the instances of one custom kind, metadata only. */
export type NamedRead =
  | { of: 'log'; namespace: string; pod: string; container: string; previous?: boolean; lines: number }
  | { of: 'object'; ref: ObjectRef }
  | {
      of: 'instances';
      apiVersion: string;
      kind: string;
      namespace?: string;
      /** A label selector. */
      labels?: string;
      /** Nothing says that there are any: who may not read them is not blind to anything. */
      spare?: true;
    }
  /** The certificates in a Secret (`tls.crt`, `ca.crt`), in PEM. Private keys and other values are dropped where they are read. */
  | { of: 'certificates'; namespace: string; secret: string }
  | { of: 'path'; path: string }
  /** The objects that bear marks of an injection, of the kinds that the view does not follow; their metadata. */
  | { of: 'marks' };

/** What came of the reads; undefined where nobody asked. Text is sanitised. */
export interface Answers {
  log(read: Extract<NamedRead, { of: 'log' }>): Outcome<Clean[]> | undefined;
  object(ref: ObjectRef): Outcome<KubeObject> | undefined;
  instances(read: Extract<NamedRead, { of: 'instances' }>): Outcome<KubeObject[]> | undefined;
  certificates(namespace: string, secret: string): Outcome<{ name: string; pem: string }[]> | undefined;
  path(path: string): Outcome<string> | undefined;
  marks(): Outcome<MarksElsewhere> | undefined;
}
