import type { SandboxContext } from '../context.ts';
import type { KubeObject, NewObject } from '../object.ts';

/** Stores the first objects of a scenario, with times in the past. */
export interface Seeder extends SandboxContext {
  /** When the cluster was set up, in milliseconds since 1970. */
  clusterCreatedAt: number;
  /** Stores an object as created `hoursAgo` by the field manager `manager`, by default kubectl's. An existing object is left as it is. */
  put<T extends KubeObject = KubeObject>(resource: string, object: NewObject, past?: Past): T;
  /** The next address on a node (by its number), for pods that already run. */
  address(node: number): string;
  nodeNames: readonly string[];
  /** What Git holds for each Argo CD Application. */
  git: Map<string, readonly NewObject[]>;
}

interface Past {
  hoursAgo?: number;
  /** `null` leaves the managed fields out. */
  manager?: string | null;
  /** A uid to keep. */
  uid?: string;
}

const HOUR = 3_600_000;
/** The whole cluster is this old. */
const CLUSTER_HOURS = 23 * 24;

/** A seeder over an empty store. */
export function createSeeder(context: SandboxContext): Seeder {
  const { store, clock } = context;
  const start = clock.now();
  const used = new Map<number, number>();
  return {
    ...context,
    clusterCreatedAt: start - CLUSTER_HOURS * HOUR,
    nodeNames: ['node-1', 'node-2', 'node-3'],
    git: new Map(),
    put: (resource, object, { hoursAgo = CLUSTER_HOURS, manager = 'kubectl-client-side-apply', uid } = {}) => {
      const { namespace, name = '' } = object.metadata;
      const existing = name ? store.get(resource, namespace, name) : undefined;
      if (existing) return existing as never;
      const at = start - hoursAgo * HOUR;
      return store.create(resource, object, { at, ...(manager !== null && { by: { manager } }), ...(uid && { uid }) });
    },
    address(node) {
      const n = (used.get(node) ?? 0) + 1;
      used.set(node, n);
      return `10.244.${(node % 4) * 64 + Math.floor(n / 254)}.${(n % 254) + 1}`;
    },
  };
}
