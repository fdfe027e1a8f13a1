import type { FoundInjection } from '../../injection/found-injection.ts';
import { keyOf } from '../../injection/resources.ts';
import type { KubeObject } from '../../k8s/object.ts';
import type { Outcome } from '../../kube/client/http/outcome.ts';
import type { ApiResource, Discovery } from '../../kube/discovery/discovery.ts';
import type { Blind } from '../blind.ts';
import type { ClusterExperiment } from '../stop/cluster-experiment.ts';
import type { ScanEvent } from './scan-types.ts';

/** The results of a scan so far. */
export class ScanState {
  readonly findings: FoundInjection[] = [];
  /**
   * Backups. Whether the victim of one carries an injection itself is known only after all victims were read.
   */
  readonly held: FoundInjection[] = [];
  readonly blind: Blind[] = [];
  readonly notes: Blind[] = [];
  ignored: Blind[] = [];
  experiments: ClusterExperiment[] = [];
  /** Suspects of API groups that may serve the same objects as Kubernetes' own groups; read after those. */
  readonly later: { item: KubeObject; resource: ApiResource }[] = [];
  readonly read = new Set<string>();
  /** Lists that have not ended yet, each with its resource. */
  readonly pending = new Set<{ resource: ApiResource }>();
  /** Groups of which a list timed out; their next lists get less time. */
  readonly slowGroups = new Set<string>();
  /** Keys of resources of which a list failed; no second list of them is tried. */
  readonly failed = new Set<string>();
  /** Fetched once, when a list answers that its kind does not exist. */
  discoveredAgain?: Promise<Outcome<Discovery>>;
  objects = 0;
  resources = 0;
  readonly #seen = new Set<string>();
  readonly #emit: ((event: ScanEvent) => void) | undefined;

  constructor(emit?: (event: ScanEvent) => void) {
    this.#emit = emit;
  }

  add(finding: FoundInjection): void {
    this.findings.push(finding);
    this.#emit?.({ event: 'finding', finding });
  }

  blindTo(resource: string, reason: string): void {
    if (this.blind.some(one => one.resource === resource && one.reason === reason)) return;
    const blind = { resource, reason };
    this.blind.push(blind);
    this.#emit?.({ event: 'blind', blind });
  }

  /** True on the first call for each object. */
  isNew(object: KubeObject, resource: ApiResource): boolean {
    const key = object.metadata.uid ?? `${keyOf(resource)} ${object.metadata.namespace ?? ''}/${object.metadata.name}`;
    if (this.#seen.has(key)) return false;
    this.#seen.add(key);
    return true;
  }

  /** Takes the suspects that were postponed. */
  takePostponed(): { item: KubeObject; resource: ApiResource }[] {
    return this.later.splice(0);
  }
}
