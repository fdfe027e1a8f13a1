import { sourceOf } from '../injection/copies.ts';
import type { Finding } from '../injection/finding.ts';
import { ROLLBACK_DATA, TYPE_LABEL } from '../injection/markers.ts';
import type { Api, Collection } from '../kube/api.ts';
import type { Clock } from '../kube/clock.ts';
import type { ApiResource } from '../kube/discovery.ts';
import type { KubeObject } from '../kube/object.ts';
import { isBackup, orphans } from './backups.ts';
import { type Blind, blindReason } from './blind.ts';
import { decide, type FaultOf } from './classify.ts';
import { pooled } from './deps.ts';
import { FOREIGN_GROUPS, foreignFinding, isForeignSuspect } from './foreign.ts';
import { isSuspect, recognise } from './recognise.ts';
import { byPreference, keyOf, rankOf, select, titleOf, undiscovered } from './resources.ts';

export type ScanEvent =
  | { event: 'finding'; finding: Finding }
  | { event: 'blind'; blind: Blind }
  | { event: 'progress'; done: number; of: number };

export interface ScanOptions {
  /** Look at the metadata of everything, not only at what is labelled or known by name. */
  deep?: boolean;
  /** Only this namespace; cluster-scoped objects are then left out. */
  namespace?: string;
  emit?: (event: ScanEvent) => void;
  signal?: AbortSignal;
}

export interface ScanResult {
  injections: Finding[];
  blind: Blind[];
  /** What could not be read and would not have been looked into: nothing is missed by it. */
  notes: Blind[];
  /** Listable resources that are left out, with the reason. */
  ignored: Blind[];
  /** `read`: of the resources, how many could be listed; 0 means that nothing was seen at all. */
  scanned: { resources: number; read: number; objects: number; requests: number; ms: number };
}

export interface ScanDeps {
  api: Api;
  clock: Clock;
  faultOf: FaultOf;
}

const WIDTH = 16;
/** Reads of objects that may be asked for together, so that those of one kind and namespace become one list. */
const READS_AT_ONCE = 64;
/** Their undo records are plain annotations or known names, which no label selector finds. */
const ALWAYS_WHOLE = new Set(['apps/deployments', '/configmaps', '/secrets']);

/** Read by label alone also by a deep scan: there are very many, they go by themselves within the hour, and no label is ever taken off one. */
const BY_LABEL_ONLY = new Set(['/events', 'events.k8s.io/events']);
const canBeWhole = (pass: { resource: ApiResource; whole: boolean }) =>
  !pass.whole && !BY_LABEL_ONLY.has(keyOf(pass.resource));

const isAlwaysWhole = (resource: ApiResource) =>
  ALWAYS_WHOLE.has(keyOf(resource)) || FOREIGN_GROUPS.has(resource.group);

/**
 * Finds every injection in the cluster, whoever left it: first what labels, plain annotations and names give away, then with `deep` the
 * metadata of everything. Findings are emitted as they come. What could not be listed is in `blind`; it never counts as nothing.
 */
export async function scan(deps: ScanDeps, options: ScanOptions = {}): Promise<ScanResult> {
  const { api, clock } = deps;
  const began = clock.monotonic();
  const requests = api.requests;
  const state = new ScanState(options);
  const discovery = await api.discovery();
  if (!discovery.ok) state.blindTo('*', `the API could not be discovered: ${blindReason(discovery)}`);
  else {
    const unknown = undiscovered(discovery.value);
    for (const { resource, reason } of unknown.blind) state.blindTo(resource, reason);
    state.notes.push(...unknown.notes);
    const { resources, ignored } = select(discovery.value.resources, options.namespace);
    state.ignored = ignored;
    const passes = resources.map(resource => ({ resource, whole: isAlwaysWhole(resource) }));
    if (options.deep) passes.push(...passes.filter(canBeWhole).map(pass => ({ ...pass, whole: true })));
    let done = 0;
    await pooled(passes, WIDTH, async pass => {
      await scanResource(deps, options, pass, state);
      done += 1;
      options.emit?.({ event: 'progress', done, of: passes.length });
    });
    const held = state.later.toSorted((a, b) => byPreference(a.resource, b.resource));
    const claimed = held.filter(({ item, resource }) => state.isNew(item, resource));
    await pooled(claimed, READS_AT_ONCE, ({ item, resource }) => inspect(deps, options, item, resource, state));
    state.resources = resources.length;
  }
  for (const orphan of orphans(deps.faultOf, state.held, state.findings)) state.add(orphan);
  return {
    injections: state.findings,
    blind: state.blind,
    notes: state.notes,
    ignored: state.ignored,
    scanned: {
      resources: state.resources,
      read: state.read.size,
      objects: state.objects,
      requests: api.requests - requests,
      ms: Math.round(clock.monotonic() - began),
    },
  };
}

/** What a scan has gathered so far. */
class ScanState {
  readonly findings: Finding[] = [];
  /** Backups of other findings' undo records: only known to be orphans when everything was seen. */
  readonly held: Finding[] = [];
  readonly blind: Blind[] = [];
  readonly notes: Blind[] = [];
  ignored: Blind[] = [];
  /** Suspects of groups that may only show another group's objects: claimed once Kubernetes' own groups have been read. */
  readonly later: { item: KubeObject; resource: ApiResource }[] = [];
  readonly read = new Set<string>();
  objects = 0;
  resources = 0;
  readonly #seen = new Set<string>();
  readonly #options: ScanOptions;

  constructor(options: ScanOptions) {
    this.#options = options;
  }

  add(finding: Finding): void {
    this.findings.push(finding);
    this.#options.emit?.({ event: 'finding', finding });
  }

  blindTo(resource: string, reason: string): void {
    if (this.blind.some(one => one.resource === resource && one.reason === reason)) return;
    const blind = { resource, reason };
    this.blind.push(blind);
    this.#options.emit?.({ event: 'blind', blind });
  }

  /** True once for each object. */
  isNew(object: KubeObject, resource: ApiResource): boolean {
    const key = object.metadata.uid ?? `${keyOf(resource)} ${object.metadata.namespace ?? ''}/${object.metadata.name}`;
    if (this.#seen.has(key)) return false;
    this.#seen.add(key);
    return true;
  }
}

async function scanResource(
  deps: ScanDeps,
  options: ScanOptions,
  { resource, whole }: { resource: ApiResource; whole: boolean },
  state: ScanState,
): Promise<void> {
  const collection: Collection = {
    apiVersion: resource.apiVersion,
    kind: resource.kind,
    ...(options.namespace ? { namespace: options.namespace } : {}),
  };
  const page = await deps.api.listAll(collection, {
    metadataOnly: true,
    limit: 500,
    ...(whole ? {} : { labelSelector: TYPE_LABEL }),
    ...(options.signal ? { signal: options.signal } : {}),
  });
  if (!page.ok) {
    // A resource that vanished since discovery has nothing in it.
    if (page.reason !== 'not-found') state.blindTo(titleOf(resource), blindReason(page));
    return;
  }
  state.read.add(keyOf(resource));
  state.objects += page.value.items.length;
  const suspects = page.value.items
    .map(item => ({ ...item, apiVersion: resource.apiVersion, kind: resource.kind }))
    .filter(item => isSuspect(item) || isForeignSuspect(item));
  if (rankOf(resource) > 0) {
    state.later.push(...suspects.map(item => ({ item, resource })));
    return;
  }
  const claimed = suspects.filter(item => state.isNew(item, resource));
  await pooled(claimed, READS_AT_ONCE, item => inspect(deps, options, item, resource, state));
}

/** Reads a suspect whole and says what it is. */
async function inspect(
  deps: ScanDeps,
  options: ScanOptions,
  item: KubeObject,
  resource: ApiResource,
  state: ScanState,
): Promise<void> {
  const { name, namespace } = item.metadata;
  const ref = { apiVersion: item.apiVersion, kind: item.kind, name, ...(namespace ? { namespace } : {}) };
  const got = await deps.api.get(ref, options.signal ? { signal: options.signal } : {});
  if (!got.ok) {
    if (got.reason !== 'not-found') state.blindTo(titleOf(resource), `${name}: ${blindReason(got)}`);
    return;
  }
  if (await isCopy(deps, got.value, options.signal)) return;
  const foreign = foreignFinding(got.value);
  if (foreign !== undefined) state.add(foreign);
  for (const found of recognise(got.value)) {
    const { finding } = await decide(deps.api, deps.faultOf, found, options.signal);
    if (isBackup(deps.faultOf, found)) state.held.push(finding);
    else state.add(finding);
  }
}

/** Whether the undo record is, word for word, that of the object it may have been copied from. */
async function isCopy({ api }: ScanDeps, object: KubeObject, signal?: AbortSignal): Promise<boolean> {
  const record = object.metadata.annotations?.[ROLLBACK_DATA];
  const source = sourceOf(object);
  if (record === undefined || source === undefined) return false;
  const got = await api.get(source, { metadataOnly: true, ...(signal ? { signal } : {}) });
  return got.ok && got.value.metadata.annotations?.[ROLLBACK_DATA] === record;
}
