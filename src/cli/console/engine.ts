import type { RevertAsked, RevertEnd, RevertUpdate } from '../../console/session/revert.ts';
import type { ArmedRun, Preflight } from '../../console/session/run.ts';
import type { ScanEnd, ScanUpdate } from '../../console/session/scan.ts';
import type { Session } from '../../console/session/session.ts';
import type { Engine } from '../../engine/engine.ts';
import type { Guard } from '../../engine/guard.ts';
import type { Locks } from '../../engine/operator-lock.ts';
import { faultOf } from '../../faults/registry.ts';
import { onlyText } from '../../health/view/confined.ts';
import { seededRandom } from '../../host/seeded-random.ts';
import type { FoundInjection } from '../../injection/found-injection.ts';
import type { Api } from '../../kube/client/api.ts';
import { guardianLines, unmarkedLines } from '../../records/unfinished-lines.ts';
import { isRemainUnknown } from '../../revert/report.ts';
import { undecided } from '../../revert/restore/undecided.ts';
import type { RevertResult } from '../../revert/revert-all.ts';
import type { ScanResult } from '../../revert/scan/scan.ts';
import { isUnstopped } from '../../revert/stop/cluster-experiment.ts';
import { contentLines } from '../../revert/trust/content.ts';
import { recordDigest } from '../../revert/trust/digest.ts';
import { toBeAsked } from '../../revert/trust/review.ts';
import { intoWaves, WAVES, waveOf } from '../../revert/waves.ts';
import { exitCode } from '../../run/verdict/result.ts';
import { latchAll, releaseAllLocks, withoutForeign } from '../../runtime/emergency.ts';
import { engineFor, guardFor, locksFor, previewFacts } from '../../runtime/open-engine.ts';
import { revertInTurn } from '../../runtime/revert-in-turn.ts';
import type { Runtime } from '../../runtime/runtime.ts';
import { clearLatch, readLatch } from '../../safety/latch.ts';
import { preflight } from '../../safety/preflight.ts';
import { cleanText, sanitise } from '../../text/sanitise.ts';
import { notRecordedLines } from '../not-recorded.ts';
import { unmarkedAfter } from './unmarked-after.ts';

/** The members of the console's session that need the engine. */
export type EngineSession = Pick<
  Session,
  | 'preflight'
  | 'run'
  | 'scan'
  | 'revert'
  | 'recordsToConfirm'
  | 'choicesToMake'
  | 'unfinished'
  | 'unmarkedLeft'
  | 'guardians'
  | 'suspended'
  | 'resumed'
  | 'liftLatch'
>;

/** The console's access to the engine of one connection, which is the same engine that the commands use. */
export function engineSession(
  runtime: Runtime,
  api: Api,
  confinedTo: () => Promise<string | undefined>,
): EngineSession {
  const engine = engineFor(runtime, api);
  const guard = guardFor(runtime, api);
  const locks = locksFor(runtime, api);
  return {
    preflight: (loaded, signal) => preview(runtime, api, locks, loaded, signal),
    run: order => runArmed(runtime, api, { guard, locks }, order),
    scan: async (onUpdate, signal) => scanForConsole(engine, await confinedTo(), onUpdate, signal),
    revert: async (what, onUpdate, asked) => {
      const within = await confinedTo();
      return revertInTurn(runtime, api, engine, () =>
        revertFromConsole(runtime, api, engine, { what, within, ...asked }, onUpdate),
      );
    },
    liftLatch: () => liftLatch(api),
    recordsToConfirm: async findings =>
      (await toBeAsked({ api, faultOf }, findings, { trust: await engine.trust() })).map(asked => ({
        finding: asked.finding,
        tier: asked.verdict.tier,
        digest: recordDigest(asked.finding.live),
        lines: contentLines(asked),
      })),
    choicesToMake: findings => undecided({ api, faultOf }, findings),
    unfinished: async () =>
      (await engine.unfinished()).map(({ run, header, written, guardian }) => ({
        run,
        experiment: header.experiment.name,
        open: written.length,
        ...(guardian && { guardianDueAt: guardian.dueAt }),
      })),
    unmarkedLeft: async () => (await engine.unmarked(await confinedTo())).unmarked,
    guardians: async () => {
      const [work, dead] = [await engine.guardianWork(), await engine.unfinished()];
      return [...guardianLines(work, dead, api.serverTime().now), ...unmarkedLines(dead)];
    },
    suspended: async () => (await guard?.suspended()) ?? false,
    resumed: () => guard?.resumed(),
  };
}

async function liftLatch(api: Api): Promise<string | undefined> {
  const done = await clearLatch(api);
  if (!done.ok) return done.message;
  const state = await readLatch(api);
  if (state.on === 'unknown') return `it cannot be read: ${state.failure.message}`;
  return state.on ? `it is on again, by ${state.facts.by}` : undefined;
}

async function preview(
  runtime: Runtime,
  api: Api,
  locks: Locks | undefined,
  loaded: ArmedRun['loaded'],
  signal: AbortSignal,
): Promise<Preflight> {
  const seed = Math.floor(runtime.random() * 2 ** 32);
  const facts = previewFacts(runtime, api, loaded.experiment.metadata.name, seededRandom(seed));
  const { plan, gates, permissions } = await preflight(api, loaded, facts, {
    signal,
    lock: locks && (() => locks.look(loaded)),
    freeze: runtime.config.freeze,
  });
  return { plan, gates, rights: permissions.map(permission => ({ permission, allowed: permission.allowed })), seed };
}

/** Runs what was armed, with the random choice of the preview and an additional gate that the target has not changed since. */
async function runArmed(
  runtime: Runtime,
  api: Api,
  shared: { guard: Guard | undefined; locks: Locks | undefined },
  order: ArmedRun,
): Promise<{ exitCode: number; residue: number }> {
  const engine = engineFor(runtime, api, {
    ...shared,
    random: seededRandom(order.preflight.seed),
    gate: plan => order.gate(plan),
  });
  const { emit, signal, stopWaiting } = order;
  const { result } = await engine.run(order.loaded, { emit, signal, stopWaiting });
  return { exitCode: exitCode(result), residue: result.residue };
}

/** What a scan of one namespace does not see; it is told as blind, since injections may be there. */
const outsideOf = (namespace: string) => ({
  resource: cleanText`everything outside namespace ${sanitise(namespace)}`,
  reason: onlyText(namespace),
});

async function scanForConsole(
  engine: Engine,
  within: string | undefined,
  onUpdate: (update: ScanUpdate) => void,
  signal: AbortSignal,
): Promise<ScanEnd> {
  if (within !== undefined) onUpdate({ is: 'blind', ...outsideOf(within) });
  const result = await engine.scan({
    deep: true,
    ...(within !== undefined && { namespace: within }),
    signal,
    emit: event => {
      if (event.event === 'progress') onUpdate({ is: 'progress', done: event.done, total: event.of });
      else if (event.event === 'finding') onUpdate({ is: 'finding', finding: event.finding });
      else onUpdate({ is: 'blind', ...event.blind });
    },
  });
  const [first] = result.blind;
  if (result.scanned.resources === 0 && first) return { ok: false, message: first.reason };
  const orders = result.experiments.filter(isUnstopped);
  const journals = await engine.unmarked(within);
  for (const spot of journals.blind) onUpdate({ is: 'blind', ...spot });
  const blind = result.blind.length + journals.blind.length + (within === undefined ? 0 : 1);
  return { ok: true, findings: result.injections, blind, orders, unmarked: journals.unmarked };
}

async function revertFromConsole(
  runtime: Runtime,
  api: Api,
  engine: Engine,
  {
    what,
    within,
    confirmed,
    choices,
    accepted,
    stopped = 0,
  }: { what: readonly FoundInjection[] | 'all'; within: string | undefined } & RevertAsked,
  onUpdate: (update: RevertUpdate) => void,
): Promise<RevertEnd> {
  const { scanned, rest } = what === 'all' ? await scanForAll(engine, within) : {};
  const findings = withoutForeign(scanned?.injections ?? (what === 'all' ? [] : what));
  const experiments = scanned?.experiments.filter(isUnstopped) ?? [];
  const toStop = findings.length + experiments.length;
  // Reverting everything is the emergency stop. It latches, even where only runs of this console were stopped;
  // reverting one fault does not. The revert does not wait for the latch.
  const latching = what === 'all' && toStop + stopped > 0 ? latchAll(runtime, api, toStop + stopped) : undefined;
  void latching?.then(({ says }) => onUpdate({ is: 'latch', text: says }));
  const reportWaves = (some: readonly FoundInjection[]) => {
    for (const [wave, found] of intoWaves(some).entries())
      if (found.length > 0) onUpdate({ is: 'wave', wave, name: WAVES[wave] ?? '', findings: found });
  };
  reportWaves(findings);
  const known = new Set(findings.map(({ id }) => id));
  const later = async () => {
    const late = withoutForeign((await rest)?.injections ?? []).filter(({ id }) => !known.has(id));
    reportWaves(late);
    return late;
  };
  const result = await engine.revert(findings, {
    experiments,
    everything: what === 'all',
    ...(within !== undefined && { rescan: { deep: true, namespace: within } }),
    ...(rest === undefined ? {} : { later }),
    ...(confirmed === undefined ? {} : { trust: { confirmed } }),
    ...(choices === undefined ? {} : { choices }),
    ...(accepted === undefined ? {} : { accepted }),
    emit: event => {
      if (event.event === 'stopped') onUpdate({ is: 'stopped', stop: event.stop });
      if (event.event === 'receipt' && event.final)
        onUpdate({ is: 'receipt', receipt: event.receipt, wave: waveOf(event.receipt) });
    },
  });
  const { unmarked, more, unread } = await unmarkedAfter(engine, { what, within, accepted }, result);
  const blind = [...result.blind, ...unread];
  for (const spot of blind) onUpdate({ is: 'blind', ...spot });
  for (const text of notRecordedLines(result)) onUpdate({ is: 'note', text });
  if (what === 'all' && within === undefined)
    for (const text of await releaseAllLocks(api, result)) onUpdate({ is: 'note', text });
  return {
    remaining: isUnknown(result) ? undefined : leftOver(result) + more,
    receipts: result.receipts,
    blind: blind.length + (within === undefined ? 0 : 1),
    requests: result.receipts.reduce((sum, receipt) => sum + receipt.requests, 0),
    ms: result.ms,
    latched: (await latching)?.on ?? false,
    unmarked,
  };
}

const isUnknown = (result: RevertResult): boolean =>
  isRemainUnknown(result) || result.blind.some(one => one.resource === '*');

/** Kinds whose list takes longer than this are reverted later; the others do not wait for them. */
const SLOW_AFTER_MS = 3_000;

async function scanForAll(
  engine: Engine,
  within: string | undefined,
): Promise<{ scanned: ScanResult; rest?: Promise<ScanResult> }> {
  const scanned = await engine.scan({
    deep: true,
    slowAfterMs: SLOW_AFTER_MS,
    ...(within !== undefined && { namespace: within }),
  });
  const { rest } = scanned;
  if (rest === undefined) return { scanned };
  return withoutForeign(scanned.injections).length === 0 ? { scanned: await rest } : { scanned, rest };
}

/** How many injections are not restored, not stopped, or would inject again. */
const leftOver = ({ remaining, appeared, stops, willInject }: RevertResult): number =>
  remaining + appeared.length + stops.filter(({ verified }) => !verified).length + willInject.length;
