import type { Clock } from '../../host/clock.ts';
import { nameOf } from '../../k8s/object-ref.ts';
import { type Clean, sanitise } from '../../text/sanitise.ts';
import type { Blind } from '../blind.ts';
import { type Made, madeByOthers } from '../foreign/made.ts';
import { type ScanDeps, type ScanResult, scan } from '../scan/scan.ts';
import { isUnstopped } from './cluster-experiment.ts';

export interface QuietOptions {
  /** How long to watch, milliseconds. */
  forMs: number;
  /** From one look to the next. */
  everyMs: number;
  namespace?: string;
  signal?: AbortSignal;
  emit?: (event: QuietEvent) => void;
}

export type QuietEvent =
  | { event: 'watching'; forMs: number; everyMs: number; live: number }
  /** After each look: for how long nothing was injected. */
  | { event: 'quiet'; quietMs: number }
  | { event: 'injected'; says: Clean; id: string }
  | { event: 'blind'; blind: Blind };

export interface Quiet {
  /** Since the last injection, or since the watch began. */
  quietMs: number;
  injected: { id: string; says: Clean }[];
  /** What could not be read at one look at least. */
  blind: Blind[];
  /** Experiments that would inject next. */
  willInject: string[];
  watchedMs: number;
}

/** What one look saw, by keys that are new when something was injected. */
interface Look {
  traces: Map<string, Clean>;
  scanned: ScanResult;
  blind: readonly Blind[];
}

/**
 * Watches for new injections by anybody, and says for how long there was none: marks that appear or change, experiments
 * that begin to inject, faults of other tools. What is there at the start does not count; a fault that leaves no trace
 * cannot be seen.
 */
export async function watchQuiet(deps: ScanDeps & { clock: Clock }, options: QuietOptions): Promise<Quiet> {
  const { clock } = deps;
  const began = clock.monotonic();
  const blind = new Map<string, Blind>();
  const injected: Quiet['injected'] = [];
  let quietSince = began;
  const note = (seen: readonly Blind[]) => {
    for (const one of seen) {
      if (blind.has(one.resource)) continue;
      blind.set(one.resource, one);
      options.emit?.({ event: 'blind', blind: one });
    }
  };
  let last = await look(deps, options);
  note(last.blind);
  const live = last.scanned.injections.length;
  options.emit?.({ event: 'watching', forMs: options.forMs, everyMs: options.everyMs, live });
  while (!options.signal?.aborted && clock.monotonic() - began < options.forMs) {
    const pause = Math.min(options.everyMs, options.forMs - (clock.monotonic() - began));
    await clock.sleep(pause, options.signal).catch(() => undefined);
    if (options.signal?.aborted) break;
    const lookedAt = clock.monotonic();
    const now = await look(deps, options);
    note(now.blind);
    const fresh = [...now.traces].filter(([key]) => !last.traces.has(key));
    for (const [id, says] of fresh) {
      injected.push({ id, says });
      options.emit?.({ event: 'injected', id, says });
    }
    if (fresh.length > 0) quietSince = lookedAt;
    else options.emit?.({ event: 'quiet', quietMs: Math.round(clock.monotonic() - quietSince) });
    last = kept(last, now);
  }
  return {
    quietMs: Math.round(clock.monotonic() - quietSince),
    injected,
    blind: [...blind.values()],
    willInject: last.scanned.experiments.filter(isUnstopped).map(({ id }) => id),
    watchedMs: Math.round(clock.monotonic() - began),
  };
}

/**
 * Something that a blind look did not show may still be there; it must not count as a new injection when it is seen
 * again.
 */
function kept(before: Look, now: Look): Look {
  return now.blind.length === 0 ? now : { ...now, traces: new Map([...before.traces, ...now.traces]) };
}

async function look(deps: ScanDeps, { namespace, signal }: QuietOptions): Promise<Look> {
  const scope = { ...(namespace === undefined ? {} : { namespace }), ...(signal === undefined ? {} : { signal }) };
  const [scanned, others] = await Promise.all([scan(deps, scope), madeByOthers(deps.api, scope)]);
  return { traces: tracesOf(scanned, others.made), scanned, blind: [...scanned.blind, ...others.blind] };
}

function tracesOf({ injections, experiments }: ScanResult, made: readonly Made[]): Map<string, Clean> {
  const traces = new Map<string, Clean>();
  const orders = new Set(made.map(({ uid }) => uid));
  for (const { id, type, object, tool, by, run, state, message } of injections) {
    if (state === 'foreign' && orders.has(object.uid ?? '')) continue;
    const who = by === undefined ? tool : `${tool} (${by})`;
    const says = state === 'foreign' ? (message ?? nameOf(object)) : `${type} on ${nameOf(object)} by ${who}`;
    traces.set(`${id} ${object.uid ?? ''} ${run ?? ''}`, sanitise(says, 300));
  }
  for (const { id, object, type, injectedAt } of experiments)
    if (injectedAt !== undefined)
      traces.set(`${id} ${object.uid ?? ''} ${injectedAt}`, sanitise(`${nameOf(object)} injected ${type}`, 200));
  for (const { uid, says } of made) traces.set(uid, says);
  return traces;
}

/** 0 when nothing was injected and everything could be read; 7 when something was; 8 when nothing was seen, and something could not be read. */
export const quietExitCode = ({ injected, blind }: Quiet): number =>
  injected.length > 0 ? 7 : blind.length > 0 ? 8 : 0;
