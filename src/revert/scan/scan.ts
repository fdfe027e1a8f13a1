import type { Clock } from '../../host/clock.ts';
import type { FoundInjection } from '../../injection/found-injection.ts';
import { byPreference, keyOf, rankOf, select, titleOf, undiscoveredGroups } from '../../injection/resources.ts';
import { fairlyPooled, pooled } from '../../kube/client/pooled.ts';
import type { ApiResource, Discovery } from '../../kube/discovery/discovery.ts';
import { type Blind, blindReason } from '../blind.ts';
import { leftWithPauseImage } from '../foreign/images.ts';
import { FOREIGN_GROUPS } from '../foreign/index.ts';
import { readExperiments } from '../stop/experiments.ts';
import { orphans } from './backups.ts';
import { inspect, type Pass, READS_AT_ONCE, scanResource } from './scan-list.ts';
import { ScanState } from './scan-state.ts';
import type { ScanDeps, ScanOptions, ScanResult } from './scan-types.ts';

export type { ScanDeps, ScanEvent, ScanOptions, ScanResult } from './scan-types.ts';

/** How many lists run in parallel, in total and of one API group. */
const WIDTH = 16;
const GROUP_WIDTH = 6;

/** Resources that are always listed as a whole: their undo records are plain annotations or known names, which no label selector finds. */
const ALWAYS_WHOLE = new Set(['apps/deployments', '/configmaps', '/secrets']);

/** Resources that even a deep scan lists by label alone: there are very many events, they expire within the hour, and nobody removes labels from them. */
const BY_LABEL_ONLY = new Set(['/events', 'events.k8s.io/events']);

function passFor(resource: ApiResource, deep: boolean): Pass {
  const key = keyOf(resource);
  if (ALWAYS_WHOLE.has(key) || FOREIGN_GROUPS.has(resource.group)) return { resource, whole: true };
  return deep && !BY_LABEL_ONLY.has(key) ? { resource, whole: true, labelled: true } : { resource, whole: false };
}

/**
 * Finds every injection in the cluster, of any tool: by labels, plain annotations and names, and with `deep` by the
 * metadata of every object. Injections are emitted as they are found. A resource that could not be listed is in
 * `blind`; it never counts as empty, and never ends the scan.
 */
export async function scan(deps: ScanDeps, options: ScanOptions = {}): Promise<ScanResult> {
  const { api, clock } = deps;
  const began = clock.monotonic();
  const requests = api.requests;
  const state = new ScanState(options.emit);
  const result = (extra: readonly Blind[] = []): ScanResult => ({
    injections: [...state.findings],
    experiments: state.experiments,
    blind: [...state.blind, ...extra],
    notes: state.notes,
    ignored: state.ignored,
    scanned: {
      resources: state.resources,
      read: state.read.size,
      objects: state.objects,
      requests: api.requests - requests,
      ms: Math.round(clock.monotonic() - began),
    },
  });
  const discovery = await api.discovery();
  if (!discovery.ok) {
    state.blindTo('*', `the API could not be discovered: ${blindReason(discovery)}`);
    return result();
  }
  const passes = passesFor(discovery.value, options, state);
  if (passes.length === 0) state.blindTo('*', 'discovery names no resource that could be listed');
  const lists = Promise.all([
    listAll(deps, options, passes, state),
    readExperimentsAndImages(deps, options, discovery.value, state),
  ]).then(() => undefined);
  const whole = lists.then(async () => {
    await settle(deps, options, state);
    return result();
  });
  if (options.slowAfterMs === undefined || !(await isSlow(clock, lists, options.slowAfterMs))) return whole;
  await settle(deps, options, state);
  const slow = [...new Set([...state.pending].map(({ resource }) => titleOf(resource)))];
  const seconds = Math.round((clock.monotonic() - began) / 1000);
  return {
    ...result(slow.map(resource => ({ resource, reason: `still being listed after ${seconds}s` }))),
    slow,
    rest: whole,
  };
}

function passesFor(discovery: Discovery, options: ScanOptions, state: ScanState): Pass[] {
  const unknown = undiscoveredGroups(discovery);
  for (const { resource, reason } of unknown.blind) state.blindTo(resource, reason);
  state.notes.push(...unknown.notes);
  const { resources, ignored } = select(discovery.resources, options.namespace);
  state.ignored = ignored;
  state.resources = resources.length;
  return resources.map(resource => passFor(resource, options.deep === true));
}

async function listAll(deps: ScanDeps, options: ScanOptions, passes: readonly Pass[], state: ScanState): Promise<void> {
  let done = 0;
  for (const pass of passes) state.pending.add(pass);
  const limits = { width: WIDTH, perGroup: GROUP_WIDTH, groupOf: (pass: Pass) => groupOfPass(pass) };
  await fairlyPooled(passes, limits, async pass => {
    await scanResource(deps, options, pass, state);
    state.pending.delete(pass);
    done += 1;
    options.emit?.({ event: 'progress', done, of: passes.length });
  });
}

/** Reads what metadata does not show: the framework's experiments, and faults of other tools that leave no mark in metadata. */
async function readExperimentsAndImages(
  { api }: ScanDeps,
  options: ScanOptions,
  discovery: Discovery,
  state: ScanState,
): Promise<void> {
  const [orders, images] = await Promise.all([
    readExperiments(api, options),
    options.deep ? leftWithPauseImage(api, discovery, options) : undefined,
  ]);
  state.experiments = orders.experiments;
  for (const { resource, reason } of [...(orders.blind ? [orders.blind] : []), ...(images?.blind ?? [])])
    state.blindTo(resource, reason);
  for (const finding of images?.findings ?? [])
    if (!state.findings.some(({ id }) => id === finding.id)) state.add(finding);
}

/** The unit that may have `GROUP_WIDTH` lists in parallel: a resource of Kubernetes' own groups, else the whole group, which may have its own server. */
const groupOfPass = ({ resource }: Pass): string => (rankOf(resource) === 0 ? `${resource.resource}` : resource.group);

/**
 * Decides what is known only after all lists, or all fast ones, ended: objects served by two groups, and backups
 * without victims.
 */
async function settle(deps: ScanDeps, options: ScanOptions, state: ScanState): Promise<void> {
  const put = state.takePostponed().toSorted((a, b) => byPreference(a.resource, b.resource));
  const claimed = put.filter(({ item, resource }) => state.isNew(item, resource));
  await pooled(claimed, READS_AT_ONCE, ({ item, resource }) => inspect(deps, options, item, resource, state));
  const unread = new Set([...state.pending].map(({ resource }) => resource.kind));
  const owned = (held: FoundInjection) => deps.faultOf(held.type)?.standsFor?.(held)?.kind ?? '';
  const decidable = state.held.filter(held => !unread.has(owned(held)));
  for (const orphan of orphans(deps.faultOf, decidable, state.findings))
    if (!state.findings.includes(orphan)) state.add(orphan);
}

/** Whether the lists still go on after this time. */
async function isSlow(clock: Clock, lists: Promise<void>, ms: number): Promise<boolean> {
  const ended = new AbortController();
  const late = clock.sleep(ms, ended.signal).then(
    () => true,
    () => false,
  );
  const isLate = await Promise.race([late, lists.then(() => false)]);
  ended.abort();
  return isLate;
}
