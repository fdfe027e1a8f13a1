import { sourceOf } from '../../injection/record/copied-marks.ts';
import { PREFIX, ROLLBACK_DATA, TYPE_LABEL } from '../../injection/record/markers.ts';
import { whyUnreadable } from '../../injection/record/unreadable.ts';
import { keyOf, rankOf, titleOf } from '../../injection/resources.ts';
import type { KubeObject } from '../../k8s/object.ts';
import type { Collection } from '../../kube/client/api.ts';
import type { Failure, Outcome } from '../../kube/client/http/outcome.ts';
import { eachPage, PAGE_SIZE } from '../../kube/client/lists/pages.ts';
import { pooled } from '../../kube/client/pooled.ts';
import { coreKind } from '../../kube/discovery/core-kinds.ts';
import type { ApiResource, Discovery } from '../../kube/discovery/discovery.ts';
import { sanitise } from '../../text/sanitise.ts';
import { blindReason } from '../blind.ts';
import { foreignFinding, isForeignSuspect } from '../foreign/index.ts';
import { failuresIn } from '../restore/after-first.ts';
import { isBackup } from './backups.ts';
import { decide } from './classify.ts';
import { isSuspect, recognise } from './recognise.ts';
import type { ScanState } from './scan-state.ts';
import type { ScanDeps, ScanOptions } from './scan-types.ts';

/** One list of a scan: all objects of a resource, or only those with the type label. */
export interface Pass {
  resource: ApiResource;
  whole: boolean;
  /** If a full list has more than one page, the objects with the type label are listed in parallel, which is much faster. */
  labelled?: boolean;
}

/** Reads that may be combined: those of one kind and namespace become one list. */
export const READS_AT_ONCE = 64;
/** Deadline for a page of a list, milliseconds; shorter for a server that just failed to answer. */
const PAGE_MS = 20_000;
const DOUBTFUL_MS = 3_000;
/**
 * The most marked objects of one resource that are read: far more than a game-day leaves, and a limit for hostile
 * servers.
 */
const MAX_SUSPECTS = 20_000;

/**
 * Lists one resource and reads the suspicious objects in full. If the list could not be read to its end, the resource
 * is blind. Never throws.
 */
export async function scanResource(deps: ScanDeps, options: ScanOptions, pass: Pass, state: ScanState): Promise<void> {
  const { resource, labelled = false } = pass;
  if (state.failed.has(keyOf(resource))) return;
  let suspects = 0;
  let labelledList: Promise<void> | undefined;
  const collector = createCollector();
  try {
    for await (const page of pagesOf(deps, options, pass, state, collector.each)) {
      if (!page.ok) return await noteFailedList(deps, resource, page, state);
      if (labelled && page.value.continue)
        labelledList ??= scanResource(deps, options, { resource, whole: false }, state);
      const { items, handedOver: before = [] } = page.value;
      state.objects += before.length + items.length;
      for (const item of items) collector.each(item);
      suspects += await inspectAll(deps, options, collector.take(), resource, state);
      if (suspects > MAX_SUSPECTS) {
        state.blindTo(titleOf(resource), `more than ${MAX_SUSPECTS} marked objects; the others were not read`);
        return;
      }
    }
    state.read.add(keyOf(resource));
  } catch (error) {
    state.blindTo(titleOf(resource), sanitise(`what was listed cannot be read: ${whyUnreadable(error)}`, 300));
  } finally {
    await labelledList;
  }
}

/** Collects the suspicious ones of the given objects until they are taken. */
function createCollector() {
  let kept: KubeObject[] = [];
  return {
    each(item: KubeObject): string {
      if (isSuspect(item) || isForeignSuspect(item)) kept.push(item);
      return '';
    },
    take(): KubeObject[] {
      const taken = kept;
      kept = [];
      return taken;
    },
  };
}

function pagesOf(
  { api, clock }: ScanDeps,
  options: ScanOptions,
  { resource, whole }: Pass,
  state: ScanState,
  each: (object: KubeObject) => string,
) {
  const collection: Collection = {
    apiVersion: resource.apiVersion,
    kind: resource.kind,
    ...(options.namespace ? { namespace: options.namespace } : {}),
  };
  const isDoubtful = options.doubtful?.has(titleOf(resource)) === true || state.slowGroups.has(resource.group);
  return eachPage(api, clock, collection, {
    metadataOnly: true,
    each,
    // managedFields are most of the metadata, and only entries that hold marks are needed here.
    ...(coreKind(resource.apiVersion, resource.kind) && { managedFieldsWith: PREFIX }),
    limit: PAGE_SIZE,
    timeoutMs: isDoubtful ? DOUBTFUL_MS : PAGE_MS,
    ...(whole ? {} : { labelSelector: TYPE_LABEL }),
    ...(options.signal ? { signal: options.signal } : {}),
  });
}

/**
 * A failed list makes the resource blind, unless a new discovery shows that the kind was removed since.
 */
async function noteFailedList(
  { api }: ScanDeps,
  resource: ApiResource,
  failure: Failure,
  state: ScanState,
): Promise<void> {
  if (failure.reason === 'unreachable' && rankOf(resource) > 0) state.slowGroups.add(resource.group);
  state.failed.add(keyOf(resource));
  if (failure.status === 404) {
    state.discoveredAgain ??= api.discovery(true);
    if (isKindRemoved(await state.discoveredAgain, resource)) return;
    state.blindTo(titleOf(resource), `served by discovery, but its list is answered with 404: ${failure.message}`);
    return;
  }
  state.blindTo(titleOf(resource), blindReason(failure));
}

/** Whether the kind was removed. Objects of a kind that is now served in another version still exist. */
function isKindRemoved(again: Outcome<Discovery>, { group, apiVersion, kind }: ApiResource): boolean {
  if (!again.ok || again.value.blind.some(blind => blind.group === '*' || blind.group === apiVersion)) return false;
  const { byKind, resources } = again.value;
  return byKind(apiVersion, kind) === undefined && !resources.some(one => one.group === group && one.kind === kind);
}

/** Reads suspicious objects in full; returns their number. */
async function inspectAll(
  deps: ScanDeps,
  options: ScanOptions,
  suspects: readonly KubeObject[],
  resource: ApiResource,
  state: ScanState,
): Promise<number> {
  if (rankOf(resource) > 0) {
    state.later.push(...suspects.map(item => ({ item, resource })));
    return suspects.length;
  }
  const claimed = suspects.filter(item => state.isNew(item, resource));
  await pooled(claimed, READS_AT_ONCE, item => inspect(deps, options, item, resource, state));
  return suspects.length;
}

/**
 * Reads a marked object in full and adds the injections on it to the state. An object that cannot be interpreted is
 * reported as blind and does not stop the others.
 */
export async function inspect(...asked: Parameters<typeof inspectWhole>): Promise<void> {
  const [, , item, resource, state] = asked;
  const { name, namespace } = item.metadata;
  try {
    await inspectWhole(...asked);
  } catch (error) {
    state.blindTo(
      titleOf(resource),
      sanitise(`${namespace ?? '-'}/${name} cannot be read: ${whyUnreadable(error)}`, 300),
    );
  }
}

async function inspectWhole(
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
    const decision = await decide(deps.api, deps.faultOf, found, options.signal);
    deps.decisions?.keep(decision);
    const { finding, live } = decision;
    // A record is not corrupt because something beside it could not be read: say what was not read, too.
    const unread = finding.state === 'corrupt' && finding.unserved !== true ? failuresIn(live) : [];
    for (const failure of unread) state.blindTo(titleOf(resource), `${name}: ${blindReason(failure)}`);
    if (isBackup(deps.faultOf, found)) state.held.push(finding);
    else state.add(finding);
  }
}

/** Whether the undo record is identical to that of the object from which it may have been copied. */
async function isCopy({ api }: ScanDeps, object: KubeObject, signal?: AbortSignal): Promise<boolean> {
  const record = object.metadata.annotations?.[ROLLBACK_DATA];
  const source = sourceOf(object);
  if (record === undefined || source === undefined) return false;
  const got = await api.get(source, { metadataOnly: true, ...(signal ? { signal } : {}) });
  return got.ok && got.value.metadata.annotations?.[ROLLBACK_DATA] === record;
}
