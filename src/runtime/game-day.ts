import { leftLines } from '../baseline/compare.ts';
import type { Engine } from '../engine/engine.ts';
import type { Locks } from '../engine/operator-lock.ts';
import type { LeadDeps } from '../gameday/day/order.ts';
import { credentialsOf } from '../gameday/probes/credentials.ts';
import type { ProbeWorld } from '../gameday/probes/probe.ts';
import { readRegular } from '../host/disk/regular.ts';
import { fetchText } from '../host/fetch-text.ts';
import { filesUnder } from '../host/files.ts';
import { runProgram } from '../host/run-program.ts';
import type { ResourceNote } from '../injection/resources.ts';
import type { Api } from '../kube/client/api.ts';
import { trippedNotice } from '../notify/notice.ts';
import { runChecks } from '../run/observe/checks.ts';
import { readiness } from '../suite/readiness.ts';
import { messageOf } from '../text/message-of.ts';
import { RULES } from '../triage/rules/index.ts';
import { lookOnce } from '../triage/run/look.ts';
import { type Baselines, baselinesFor } from './baselines.ts';
import { notifierFor } from './notifier.ts';
import { processFacts } from './process-facts.ts';
import type { Runtime } from './runtime.ts';

/** Everything that a game-day needs from this machine and one connection. */
export function leadDeps(runtime: Runtime, api: Api, engine: Engine, locks: Locks | undefined): LeadDeps {
  return {
    api,
    engine,
    clock: runtime.clock,
    realClock: runtime.realClock,
    random: runtime.random,
    files: filesUnder(runtime.paths.state),
    stateDir: runtime.paths.state,
    world: probeWorld(api),
    // The clock of a sandbox is derived from this machine's own, so a difference means nothing.
    skewMs: () => (runtime.options.sandbox === undefined ? leastSkew(api) : undefined),
    triage: async () => (await lookOnce(api, runtime.realClock, RULES)).triage,
    ready: (loaded, signal) => readiness(api, loaded, { lock: locks && (() => locks.look(loaded)), signal }),
    notifyTripped: trippedNotifier(runtime, api),
    baseline: (when, folder, namespaces) => dayBaseline(baselinesFor(runtime, api, engine), when, folder, namespaces),
    me: { user: api.identity.user, ...processFacts(runtime) },
  };
}

function trippedNotifier(runtime: Runtime, api: Api): NonNullable<LeadDeps['notifyTripped']> {
  const { context, user } = api.identity;
  const notifier = notifierFor(runtime, api);
  return ({ day, condition, text, scenario }) => {
    const at = Math.round(api.serverTime().now);
    notifier.send(trippedNotice({ day, condition, text, scenario }, { at, context, user, host: runtime.host }));
  };
}

/** Saves a baseline in the folder of the day; the later one is compared with the first. A failure is reported and does not stop the day. */
async function dayBaseline(
  baselines: Baselines,
  when: 'before' | 'after',
  folder: string,
  namespaces: readonly string[],
): ReturnType<LeadDeps['baseline']> {
  try {
    const before = when === 'after' ? await baselines.firstIn(folder) : undefined;
    const { baseline, path } = await baselines.save(namespaces, folder);
    if (when === 'before') return { path, ...blindProblem(baseline.blind) };
    if (before === undefined) return { path, problem: 'there is none from before the day' };
    const diff = await baselines.diff(before);
    return { path, left: leftLines(diff), ...blindProblem(diff.blind) };
  } catch (error) {
    return { problem: messageOf(error) };
  }
}

const blindProblem = (blind: readonly ResourceNote[]): { problem?: string } =>
  blind.length === 0 ? {} : { problem: `could not read ${blind.map(({ resource }) => resource).join(', ')}` };

function leastSkew(api: Api): number | undefined {
  const { offsetMs, uncertaintyMs, known } = api.serverTime();
  return known ? Math.max(0, Math.abs(offsetMs) - uncertaintyMs) : undefined;
}

function probeWorld(api: Api): ProbeWorld {
  return {
    async fetch(url, { config, ...options }) {
      const known = credentialsOf(config, { read: readSecret, env: process.env });
      return typeof known === 'string'
        ? { ok: false, why: known, notAsked: true }
        : fetchText(url, { ...options, ...known });
    },
    run: runProgram,
    async check(check, signal) {
      const discovery = await api.discovery();
      const known = discovery.ok ? discovery.value : undefined;
      const wanted = withoutUndefined(check) as Parameters<typeof runChecks>[1][number];
      const [checked] = await runChecks(api, [wanted], 'default', known, signal);
      return checked?.result ?? { state: 'blind', expected: 'an answer', actual: 'none' };
    },
  };
}

function readSecret(path: string): { text: string } | { why: string } {
  const reading = readRegular(path);
  if (reading.is === 'text') return { text: reading.text };
  return { why: reading.is === 'missing' ? 'nothing' : reading.why };
}

const withoutUndefined = (value: object): object =>
  Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined));
