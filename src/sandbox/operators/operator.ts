import type { NewObject } from '../object.ts';
import type { WorkloadSeed } from '../world/steady.ts';

/** An object of an operator's installation: the resource it is stored under, and the object. */
export interface Installed {
  resource: string;
  object: NewObject;
  /** Who applied it; kubectl when absent. */
  manager?: string;
}

/** A part of an object that its operator restores when somebody else changes it. */
export interface RepairDuty {
  resource: string;
  namespace?: string;
  name: string;
  /**
   * Dotted paths that the operator restores (`data.deploy`, `spec.tls.termination`); `ownerReferences` means those of
   * the metadata.
   */
  restores: readonly string[];
  /** How long it takes from the change to the repair, milliseconds. */
  afterMs: number;
}

/** A configuration that makes an operator crash. */
export interface FatalConfiguration {
  namespace: string;
  configMap: string;
  key: string;
  /** What is wrong with the text; undefined when it is valid. */
  problemIn(text: string | undefined): string | undefined;
}

/** How an operator behaves in trouble. */
export interface OperatorBehaviour {
  /** In a few words, for people. */
  summary: string;
  repairs: readonly RepairDuty[];
  crashesOn: readonly FatalConfiguration[];
  /** Releases its Lease when it ends cleanly, so that its successor need not wait until it expires. */
  releasesLease: boolean;
}

/** An operator: what is installed, who leads, how it behaves. */
export interface Operator {
  name: string;
  /** The Deployment whose pods are the operator. */
  deployment: { namespace: string; name: string };
  serviceAccount: string;
  lease?: { namespace: string; name: string };
  /** The main resource that it watches. Without the right to list it, its log has an error. */
  watches?: string;
  workloads: readonly WorkloadSeed[];
  /** Further workloads, as StatefulSets. */
  sets?: readonly WorkloadSeed[];
  objects: readonly Installed[];
  behaviour: OperatorBehaviour;
}
