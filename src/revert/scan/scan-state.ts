import type { FoundInjection } from '../../injection/found-injection.ts';
import { keyOf } from '../../injection/resources.ts';
import type { KubeObject } from '../../k8s/object.ts';
import type { Outcome } from '../../kube/client/http/outcome.ts';
import type { ApiResource, Discovery } from '../../kube/discovery/discovery.ts';
import type { Blind } from '../blind.ts';
import type { ClusterExperiment } from '../stop/cluster-experiment.ts';
import type { ScanEvent } from './scan-types.ts';

/** What a scan has gathered so far. */
export class ScanState {
  readonly findings: FoundInjection[] = [];
  /**
   * Backups of other findings. Whether one is an orphan is only known once every object that it may belong to has been
   * read.
   */
  readonly held: FoundInjection[] = [];
  readonly blind: Blind[] = [];
  readonly notes: Blind[] = [];
  ignored: Blind[] = [];
  experiments: ClusterExperiment[] = [];
  /** Suspects of groups that may only show another group's objects: claimed once Kubernetes' own groups have been read. */
  readonly later: { item: KubeObject; resource: ApiResource }[] = [];
  readonly read = new Set<string>();
  /** Lists that are still to come, each with the resource it is of. */
  readonly pending = new Set<{ resource: ApiResource }>();
  /** Groups of which a list ran out of time: the next one of them gets less. */
  readonly slowGroups = new Set<string>();
  /** Resources of which a list failed, by key: no second one is tried. */
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

  /** True once for each object. */
  isNew(object: KubeObject, resource: ApiResource): boolean {
    const key = object.metadata.uid ?? `${keyOf(resource)} ${object.metadata.namespace ?? ''}/${object.metadata.name}`;
    if (this.#seen.has(key)) return false;
    this.#seen.add(key);
    return true;
  }

  /** Suspects that were put off, each once. */
  takeLater(): { item: KubeObject; resource: ApiResource }[] {
    return this.later.splice(0);
  }
}
