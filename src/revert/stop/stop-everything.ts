import type { FoundInjection } from '../../injection/found-injection.ts';
import { nameOf } from '../../k8s/object-ref.ts';
import type { RevertDeps } from '../deps.ts';
import { askToStop } from '../foreign/index.ts';
import { type RevertOptions, type RevertResult, revertAll, type Step } from '../revert-all.ts';
import { scan } from '../scan/scan.ts';
import { askOthers } from './ask-others.ts';
import type { ClusterExperiment } from './cluster-experiment.ts';
import { isUnstopped } from './cluster-experiment.ts';
import { readExperiments } from './experiments.ts';
import { type Halted, haltExperiments, releaseExperiments } from './halt.ts';
import type { Stop } from './stop.ts';

export interface StopOptions extends RevertOptions {
  /** Experiments of the framework's controller that are to be stopped too. */
  experiments?: readonly ClusterExperiment[];
  /** Everything is selected: experiments and injections that appear meanwhile are stopped as well, or reported. */
  everything?: boolean;
  /** Faults of other tools, which their tools are asked to stop. */
  others?: readonly FoundInjection[];
  /** Selected experiments that slow lists find late; they are stopped after everything else, which does not wait for them. */
  laterExperiments?: () => Promise<readonly ClusterExperiment[]>;
}

/** Stops the injectors and reverts the injections; then the same for experiments that slow lists found late. */
export async function stopEverything(
  deps: RevertDeps,
  findings: readonly FoundInjection[],
  options: StopOptions = {},
): Promise<RevertResult> {
  const first = await stopKnown(deps, findings, options);
  const dealtWith = new Set([...(options.experiments ?? []), ...first.stops].map(({ id }) => id));
  const late = options.dryRun ? [] : ((await options.laterExperiments?.()) ?? []).filter(one => !dealtWith.has(one.id));
  if (late.length === 0) return first;
  const meant = new Set(first.receipts.map(({ id }) => id));
  const left = first.left.filter(({ id, state }) => state !== 'foreign' && (options.everything || meant.has(id)));
  const { later: _later, others: _others, ...again } = options;
  return joined(first, await stopKnown(deps, left, { ...again, experiments: late }), left);
}

/** Joins the results of two passes; the second one is about the injections in `left`, and its scan is the last. */
function joined(first: RevertResult, second: RevertResult, left: readonly FoundInjection[]): RevertResult {
  const receipts = new Map([...first.receipts, ...second.receipts].map(receipt => [receipt.id, receipt]));
  const again = new Set(left.map(({ id }) => id));
  const unproven = first.receipts.filter(({ id, verified }) => !verified && !again.has(id));
  return {
    ...second,
    steps: [...first.steps, ...second.steps],
    receipts: [...receipts.values()],
    remaining: second.remaining + unproven.length,
    stops: [...first.stops, ...second.stops],
    lockOuts: [...first.lockOuts, ...second.lockOuts],
    appeared: second.appeared.filter(({ id }) => !receipts.has(id)),
    ms: first.ms + second.ms,
  };
}

/**
 * Stops the injectors, then reverts the injections. First the framework's experiments are deleted, and other tools are
 * asked to stop if requested. Then the injections are reverted. Last, experiments whose controller does not run are
 * released, after the last scan showed that their fault is gone.
 */
async function stopKnown(
  deps: RevertDeps,
  findings: readonly FoundInjection[],
  options: StopOptions,
): Promise<RevertResult> {
  const { others = [] } = options;
  const scope = options.rescan?.namespace === undefined ? {} : { namespace: options.rescan.namespace };
  // The scan that a person saw may have been shown before the list of experiments ended.
  const fresh = options.everything && !options.dryRun ? await readExperiments(deps.api, scope) : { experiments: [] };
  const shown = options.experiments ?? [];
  const experiments = [...shown, ...fresh.experiments.filter(one => isUnstopped(one) && !isAmong(shown, one))];
  if (options.dryRun) {
    const result = await revertAll(deps, findings, options);
    return { ...result, steps: [...experiments.map(stepOf), ...result.steps, ...others.map(askStep)] };
  }
  if (experiments.length === 0 && others.length === 0 && !options.everything) return revertAll(deps, findings, options);
  const began = deps.clock.monotonic();
  const emitStop = (stop: Stop) => options.emit?.({ event: 'stopped', stop });
  // In parallel with the revert, which does not wait for other tools.
  const asking = askOthers(deps, others).then(stops => {
    for (const stop of stops) emitStop(stop);
    return stops;
  });
  const halted = await haltExperiments(deps, experiments);
  for (const { stop } of halted) if (stop) emitStop(stop);
  const early = await releaseHolders(deps, halted, findings);
  for (const stop of early) emitStop(stop);
  const meant =
    options.everything && experiments.length > 0 ? await withNewInjections(deps, findings, options) : findings;
  const result = await revertAll(deps, meant, options);
  const seen = { injections: result.left, blind: result.blind, ...scope };
  const open = halted.filter(one => one.stop === undefined);
  const released = await releaseExperiments(deps, open, seen);
  for (const stop of released) emitStop(stop);
  const asked = await asking;
  const stops = [...halted.flatMap(({ stop }) => stop ?? []), ...released, ...asked];
  const again = options.everything ? await readExperiments(deps.api, scope) : { experiments: [] };
  const unread = again.blind === undefined || result.blind.some(one => one.resource === again.blind?.resource);
  return {
    ...result,
    stops,
    willInject: again.experiments.filter(one => isUnstopped(one) && !isAmong(experiments, one)),
    blind: unread || again.blind === undefined ? result.blind : [...result.blind, again.blind],
    ms: Math.round(deps.clock.monotonic() - began),
  };
}

const isAmong = (experiments: readonly ClusterExperiment[], { id, object }: ClusterExperiment): boolean =>
  experiments.some(one => one.id === id && one.object.uid === object.uid);

/** Adds the injections that were made between the scan that a person saw and the stop of the injectors. */
async function withNewInjections(
  deps: RevertDeps,
  findings: readonly FoundInjection[],
  options: StopOptions,
): Promise<FoundInjection[]> {
  const now = await scan(deps, options.rescan);
  const known = new Set([...findings, ...(options.shown ?? [])].map(({ id }) => id));
  const late = now.injections.filter(({ id, state }) => !known.has(id) && state !== 'foreign');
  return [...findings, ...late];
}

/**
 * If an experiment deleted the namespace that it is in, the namespace cannot be created again while the experiment's
 * finalizer holds it. The backup is in another namespace, so such an experiment is released before the restore.
 */
async function releaseHolders(
  deps: RevertDeps,
  halted: readonly Halted[],
  findings: readonly FoundInjection[],
): Promise<Stop[]> {
  const holders = halted.filter(
    ({ stop, refused, experiment }) =>
      stop === undefined &&
      refused === undefined &&
      experiment.reach.type === 'NamespaceDeletion' &&
      findings.some(
        ({ type, object }) => type === 'NamespaceDeletion' && object.namespace !== experiment.object.namespace,
      ),
  );
  const stops = await releaseExperiments(deps, holders, { injections: [], blind: [] });
  for (const [index, one] of holders.entries()) {
    const stop = stops[index];
    if (stop?.verified) one.stop = stop;
  }
  return stops.filter(({ verified }) => verified);
}

const stepOf = ({ id, state, object }: ClusterExperiment): Step => ({
  id,
  wave: 'orders',
  action: 'stop',
  says:
    state === 'stuck'
      ? 'revert its fault, then remove its finalizer'
      : 'delete it, which aborts it; if its controller does not revert its fault, revert it and remove its finalizer',
  writes: state === 'stuck' ? [] : [`delete ${nameOf(object)}`],
});

const askStep = ({ id, live, source }: FoundInjection): Step => {
  const write = askToStop(live);
  return {
    id,
    wave: 'others',
    action: write === undefined ? 'leave' : 'stop',
    says: write?.says ?? `no write in the cluster can ask ${source} to stop it`,
    writes: write === undefined ? [] : [write.says],
  };
};
