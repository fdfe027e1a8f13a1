import type { NewObject } from '../object.ts';
import type { WorkloadSeed } from '../world/steady.ts';

/** An object of an operator's installation: the resource it is stored under, and the object. */
export interface Installed {
  resource: string;
  object: NewObject;
  /** Who applied it; kubectl when absent. */
  manager?: string;
}

/** A part of an object its operator puts back when somebody else changes it. */
export interface Duty {
  resource: string;
  namespace?: string;
  name: string;
  /** Paths the operator keeps, dotted (`data.deploy`, `spec.tls.termination`); `ownerReferences` means those of the metadata. */
  keeps: readonly string[];
  /** How long it takes from the change to the repair, milliseconds. */
  afterMs: number;
}

/** A configuration an operator cannot live with. */
export interface Weakness {
  namespace: string;
  configMap: string;
  key: string;
  /** What is wrong with the text; undefined when it will do. */
  complaint(text: string | undefined): string | undefined;
}

/** How an operator behaves in trouble. */
export interface Character {
  /** In a few words, for people. */
  summary: string;
  heals: readonly Duty[];
  crashesOn: readonly Weakness[];
  /** Gives its Lease back on a clean end, so that its successor need not wait for it to expire. */
  releasesLease: boolean;
}

/** An operator: what is installed, who leads, how it behaves. */
export interface Operator {
  name: string;
  /** The Deployment whose pods are the operator. */
  deployment: { namespace: string; name: string };
  serviceAccount: string;
  lease?: { namespace: string; name: string };
  /** The resource it watches above all; without the right to list it, its log says so. */
  watches?: string;
  workloads: readonly WorkloadSeed[];
  /** Further workloads, as StatefulSets. */
  sets?: readonly WorkloadSeed[];
  objects: readonly Installed[];
  character: Character;
}
