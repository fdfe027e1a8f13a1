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
import { isBackup } from './backups.ts';
import { decide } from './classify.ts';
import { isSuspect, recognise } from './recognise.ts';
import type { ScanState } from './scan-state.ts';
import type { ScanDeps, ScanOptions } from './scan-types.ts';

/** One list of a scan: all of a resource, or what carries the type label. */
export interface Pass {
  resource: ApiResource;
  whole: boolean;
  /** While a full list turns out to be long, the objects with the type label are listed as well, which is much faster. */
  labelled?: boolean;
}

/** Reads that may be combined: those of one kind and namespace become one list. */
export const READS_AT_ONCE = 64;
/** Deadline for a page of a list, milliseconds; shorter for a server that just failed to answer. */
const PAGE_MS = 20_000;
const DOUBTFUL_MS = 3_000;
/**
 * How many marked objects of one resource are read. Far more than a game day leaves, and a limit to what a hostile
 * server can make us read.
 */
const MOST_SUSPECTS = 20_000;

/**
 * Lists one resource and reads the suspicious objects in full. What could not be listed to its end is blind. Never
 * rejects.
 */
export async function scanResource(deps: ScanDeps, options: ScanOptions, pass: Pass, state: ScanState): Promise<void> {
  const { resource, labelled = false } = pass;
  if (state.failed.has(keyOf(resource))) return;
  let suspects = 0;
  let sooner: Promise<void> | undefined;
  const handed = createSieve();
  try {
    for await (const page of pagesOf(deps, options, pass, state, handed.each)) {
      if (!page.ok) return await missed(deps, resource, page, state);
      if (labelled && page.value.continue) sooner ??= scanResource(deps, options, { resource, whole: false }, state);
      const { items, handed: before = [] } = page.value;
      state.objects += before.length + items.length;
      for (const item of items) handed.each(item);
      suspects += await lookAtAll(deps, options, handed.take(), resource, state);
      if (suspects > MOST_SUSPECTS) {
        state.blindTo(titleOf(resource), `more than ${MOST_SUSPECTS} marked objects; the rest was not looked at`);
        return;
      }
    }
    state.read.add(keyOf(resource));
  } catch (error) {
    state.blindTo(titleOf(resource), sanitise(`what was listed cannot be read: ${whyUnreadable(error)}`, 300));
  } finally {
    await sooner;
  }
}

/** Keeps the suspicious ones of the objects that it is given, until they are taken. */
function createSieve() {
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
    // Who wrote what decides nothing here, and is most of the metadata.
    ...(coreKind(resource.apiVersion, resource.kind) && { managedFieldsWith: PREFIX }),
    limit: PAGE_SIZE,
    timeoutMs: isDoubtful ? DOUBTFUL_MS : PAGE_MS,
    ...(whole ? {} : { labelSelector: TYPE_LABEL }),
    ...(options.signal ? { signal: options.signal } : {}),
  });
}

/**
 * A list that failed is blind. But if the kind was removed since discovery, which only a new discovery shows, there is
 * nothing in it.
 */
async function missed({ api }: ScanDeps, resource: ApiResource, failure: Failure, state: ScanState): Promise<void> {
  if (failure.reason === 'unreachable' && rankOf(resource) > 0) state.slowGroups.add(resource.group);
  state.failed.add(keyOf(resource));
  if (failure.status === 404) {
    state.discoveredAgain ??= api.discovery(true);
    if (isTakenAway(await state.discoveredAgain, resource)) return;
    state.blindTo(titleOf(resource), `served by discovery, but its list is answered with 404: ${failure.message}`);
    return;
  }
  state.blindTo(titleOf(resource), blindReason(failure));
}

/** Objects of a kind that is served in another version by now are still there. */
function isTakenAway(again: Outcome<Discovery>, { group, apiVersion, kind }: ApiResource): boolean {
  if (!again.ok || again.value.blind.some(blind => blind.group === '*' || blind.group === apiVersion)) return false;
  const { byKind, resources } = again.value;
  return byKind(apiVersion, kind) === undefined && !resources.some(one => one.group === group && one.kind === kind);
}

/** Reads suspicious objects in full; returns how many there were. */
async function lookAtAll(
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
 * Reads a marked object in full and returns the injections on it. An object that cannot be interpreted is reported and
 * does not stop the others.
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
    const { finding } = decision;
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
