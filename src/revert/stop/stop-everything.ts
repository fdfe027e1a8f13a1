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
  /** Everything is selected: what is created or injected in the meantime is stopped as well, or reported. */
  everything?: boolean;
  /** Other tools' faults that their own tools are to be asked to stop. */
  others?: readonly FoundInjection[];
  /** Experiments that slow lists show in the end and that are meant too: stopped once the rest is done, which does not wait for it. */
  laterExperiments?: () => Promise<readonly ClusterExperiment[]>;
}

/** Stops what injects and reverts what was injected; what slow lists show in the end is stopped after the rest, and what it left reverted. */
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
  return both(first, await stopKnown(deps, left, { ...again, experiments: late }), left);
}

/** Two passes as one; the second is about what was `left`, and its look is the last. */
function both(first: RevertResult, second: RevertResult, left: readonly FoundInjection[]): RevertResult {
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
 * Stops the injectors, then reverts the injections: first experiments by their own means, and other tools where that
 * was requested; then the injections; then experiments that a dead controller still holds are released, once the last
 * scan shows that their fault is gone.
 */
async function stopKnown(
  deps: RevertDeps,
  findings: readonly FoundInjection[],
  options: StopOptions,
): Promise<RevertResult> {
  const { others = [] } = options;
  const scope = options.rescan?.namespace === undefined ? {} : { namespace: options.rescan.namespace };
  // The look that a person saw may have ended before their list did.
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
  // At the same time as the rest, which does not wait for other tools.
  const asking = askOthers(deps, others).then(stops => {
    for (const stop of stops) emitStop(stop);
    return stops;
  });
  const halted = await haltExperiments(deps, experiments);
  for (const { stop } of halted) if (stop) emitStop(stop);
  const early = await releaseHolders(deps, halted, findings);
  for (const stop of early) emitStop(stop);
  const meant = options.everything && experiments.length > 0 ? await withLate(deps, findings, options) : findings;
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

/** What was injected between the look that a person saw and the halt of what injects. */
async function withLate(
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
 * A namespace that an experiment deleted, and in which the experiment itself is, cannot be recreated while the
 * experiment's finalizer holds it. The original is kept elsewhere, so such an experiment is released before the
 * restore, not after it.
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
      ? 'revert its fault, then take its finalizer off'
      : 'delete it, which aborts it; revert its fault where its controller does not, then take its finalizer off',
  writes: state === 'stuck' ? [] : [`delete ${nameOf(object)}`],
});

const askStep = ({ id, live, source }: FoundInjection): Step => {
  const write = askToStop(live);
  return {
    id,
    wave: 'others',
    action: write === undefined ? 'leave' : 'stop',
    says: write?.says ?? `nothing in the cluster asks ${source} to stop it`,
    writes: write === undefined ? [] : [write.says],
  };
};
