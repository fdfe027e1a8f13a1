import type { Clock } from '../../host/clock.ts';
import { nameOf } from '../../k8s/object-ref.ts';
import { type Clean, sanitise } from '../../text/sanitise.ts';
import type { Blind } from '../blind.ts';
import { type FaultObject, faultObjectsOfOthers } from '../foreign/fault-objects.ts';
import { type ScanDeps, type ScanResult, scan } from '../scan/scan.ts';
import { isUnstopped } from './cluster-experiment.ts';

export interface QuietOptions {
  /** How long to watch, milliseconds. */
  forMs: number;
  /** The interval between two scans, milliseconds. */
  everyMs: number;
  namespace?: string;
  signal?: AbortSignal;
  emit?: (event: QuietEvent) => void;
}

export type QuietEvent =
  | { event: 'watching'; forMs: number; everyMs: number; live: number }
  /** After each scan: how long ago the last injection was, milliseconds. */
  | { event: 'quiet'; quietMs: number }
  | { event: 'injected'; says: Clean; id: string }
  | { event: 'blind'; blind: Blind };

export interface Quiet {
  /** The time since the last injection, or since the watch began, milliseconds. */
  quietMs: number;
  injected: { id: string; says: Clean }[];
  /** Resources that at least one scan could not read. */
  blind: Blind[];
  /** Experiments that will inject next. */
  willInject: string[];
  watchedMs: number;
}

/** The result of one scan; `traces` has a new key for every new injection. */
interface Observation {
  traces: Map<string, Clean>;
  scanned: ScanResult;
  blind: readonly Blind[];
}

/**
 * Watches for new injections by anybody, and reports for how long there was none. It sees marks that appear or change,
 * experiments that begin to inject, and faults of other tools. Injections that are there at the start do not count; a
 * fault that leaves no mark cannot be seen.
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
  let last = await observe(deps, options);
  note(last.blind);
  const live = last.scanned.injections.length;
  options.emit?.({ event: 'watching', forMs: options.forMs, everyMs: options.everyMs, live });
  while (!options.signal?.aborted && clock.monotonic() - began < options.forMs) {
    const pause = Math.min(options.everyMs, options.forMs - (clock.monotonic() - began));
    await clock.sleep(pause, options.signal).catch(() => undefined);
    if (options.signal?.aborted) break;
    const lookedAt = clock.monotonic();
    const now = await observe(deps, options);
    note(now.blind);
    const fresh = [...now.traces].filter(([key]) => !last.traces.has(key));
    for (const [id, says] of fresh) {
      injected.push({ id, says });
      options.emit?.({ event: 'injected', id, says });
    }
    if (fresh.length > 0) quietSince = lookedAt;
    else options.emit?.({ event: 'quiet', quietMs: Math.round(clock.monotonic() - quietSince) });
    last = withEarlierTraces(last, now);
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
 * Keeps the earlier traces after a blind scan: an injection that it missed must not count as new in the next scan.
 */
function withEarlierTraces(before: Observation, now: Observation): Observation {
  return now.blind.length === 0 ? now : { ...now, traces: new Map([...before.traces, ...now.traces]) };
}

async function observe(deps: ScanDeps, { namespace, signal }: QuietOptions): Promise<Observation> {
  const scope = { ...(namespace === undefined ? {} : { namespace }), ...(signal === undefined ? {} : { signal }) };
  const [scanned, others] = await Promise.all([scan(deps, scope), faultObjectsOfOthers(deps.api, scope)]);
  return { traces: tracesOf(scanned, others.made), scanned, blind: [...scanned.blind, ...others.blind] };
}

function tracesOf({ injections, experiments }: ScanResult, made: readonly FaultObject[]): Map<string, Clean> {
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

/** 0: nothing was injected and everything could be read. 7: something was injected. 8: no injection was seen, but something could not be read. */
export const quietExitCode = ({ injected, blind }: Quiet): number =>
  injected.length > 0 ? 7 : blind.length > 0 ? 8 : 0;
