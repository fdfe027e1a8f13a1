import { planSuite } from '../../../src/cli/console/suite.ts';
import type { ConsoleDeps, Saved } from '../../../src/console/deps.ts';
import type { FixEnd, FixPlan } from '../../../src/console/screens/fix/view.ts';
import type { AskedRecord, RevertEnd } from '../../../src/console/session/revert.ts';
import type { ArmedRun, Preflight, RunEnd } from '../../../src/console/session/run.ts';
import type { Session } from '../../../src/console/session/session.ts';
import type { LoadedExperiment } from '../../../src/experiment/types.ts';
import type { Plan } from '../../../src/faults/contract.ts';
import type { LogSource } from '../../../src/health/inspect/follow-log.ts';
import type { Inspection } from '../../../src/health/inspect/inspection.ts';
import type { Clock } from '../../../src/host/clock.ts';
import type { FoundInjection } from '../../../src/injection/found-injection.ts';
import type { Receipt } from '../../../src/injection/write/receipt.ts';
import type { KubeObject, ObjectRef } from '../../../src/k8s/object.ts';
import { failure } from '../../../src/kube/client/http/failure.ts';
import type { Outcome } from '../../../src/kube/client/http/outcome.ts';
import type { NoAnswer } from '../../../src/kube/connection/no-answer.ts';
import type { LeftUnmarked } from '../../../src/records/unfinished-lines.ts';
import type { Choice } from '../../../src/revert/restore/choices.ts';
import type { Undecided } from '../../../src/revert/restore/undecided.ts';
import type { RunEventBody } from '../../../src/run/event.ts';
import type { Draft } from '../../../src/suggest/draft.ts';
import { type Suggested, suggestFor } from '../../../src/suggest/suggested.ts';
import { validateDraft } from '../../../src/suggest/validated-draft.ts';
import type { Clean } from '../../../src/text/sanitise.ts';
import type { Finding } from '../../../src/triage/finding/finding.ts';
import type { Triage } from '../../../src/triage/finding/result.ts';
import { type ManualClock, manualClock } from '../../support/manual-clock.ts';
import { type FakeFeed, fakeFeed } from './fake-feed.ts';
import { crd, deployment, lease, NOW, node, pod, service, slice, webhook } from './objects.ts';

/** A healthy little shop. */
export const SHOP: readonly KubeObject[] = [
  node('node-a'),
  node('node-b'),
  pod('ledger-7f9c'),
  pod('checkout-5d8b'),
  deployment('ledger'),
  deployment('checkout'),
  service('checkout'),
  slice('checkout', 1, 1),
  webhook('validate.checkout', 'checkout'),
  crd('widgets.example.com'),
  lease('ledger-leader', 2_000),
];

export function experiment(
  name: string,
  options: {
    type?: LoadedExperiment['experiment']['spec']['injection']['type'];
    danger?: 'low' | 'medium' | 'high';
    ttlMs?: number;
  } = {},
): LoadedExperiment {
  const { type = 'ImageCorrupt', danger = 'high', ttlMs = 300_000 } = options;
  return {
    path: `experiments/shop/${name}.yaml`,
    sha256: 'aa',
    experiment: {
      apiVersion: 'chaos.operatorchaos.io/v1alpha1',
      kind: 'ChaosExperiment',
      metadata: { name, namespace: 'shop' },
      spec: {
        tier: 1,
        target: { operator: 'shop', component: 'ledger' },
        steadyState: { checks: [] },
        injection: { type, dangerLevel: danger, parameters: { name: 'ledger' }, count: 1, ttlMs },
        hypothesis: {
          description: 'The old pod keeps serving while the new one cannot pull its image',
          recoveryTimeoutMs: 180_000,
          recoveryTimeoutGiven: true,
        },
        blastRadius: {
          maxPodsAffected: 1,
          allowedNamespaces: ['shop'],
          forbiddenResources: [],
          allowDangerous: danger === 'high',
          dryRun: false,
        },
      },
    } as LoadedExperiment['experiment'],
  };
}

export function planFor(loaded: LoadedExperiment): Plan {
  const on = { apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'shop', name: 'ledger', uid: '31bd7c00-1111' };
  return {
    is: 'plan',
    type: loaded.experiment.spec.injection.type,
    writes: [
      {
        verb: 'patch',
        on,
        patchType: 'json',
        body: [],
        precondition: { uid: on.uid, resourceVersion: '6101' },
        says: 'image ledger:4.1 → registry.invalid/nonexistent:chaos',
      },
    ],
    undo: { where: 'annotation original-image-ledger on the object, same request', reversible: true },
    pods: [{ namespace: 'shop', name: 'ledger-7f9c', uid: 'pod-shop-ledger-7f9c' }],
    permissions: [],
    warnings: [],
    target: on,
  } as unknown as Plan;
}

export function preflightFor(loaded: LoadedExperiment): Preflight {
  const right = (purpose: 'inject' | 'revert') => ({
    permission: { verb: 'patch', group: 'apps', kind: 'Deployment', namespace: 'shop', for: purpose },
    allowed: true as const,
  });
  return {
    plan: planFor(loaded),
    gates: ['blast radius', 'namespace', 'latch off', 'server dry run'].map(gate => ({ gate, ok: true, reason: 'ok' })),
    rights: [right('inject'), right('revert')],
    seed: 7,
  };
}

export function finding(name: string, options: Partial<FoundInjection> = {}): FoundInjection {
  const object = { apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'shop', name };
  return {
    id: `ImageCorrupt shop Deployment ${name}`,
    type: 'ImageCorrupt',
    object,
    live: { ...object, metadata: { name, namespace: 'shop' } },
    state: 'injected',
    source: 'annotation',
    tool: 'operator-chaos',
    injectedAt: NOW - 840_000,
    ...options,
  };
}

const NO_ANSWER: NoAnswer = { word: 'UNREACHABLE', message: 'no answer' as Clean };

/** What a scripted session does; every member may be replaced. */
export interface Script<C extends Clock = ManualClock> {
  leadDay?: Session['leadDay'];
  runSuite?: Session['runSuite'];
  /** Stands still until the stage moves it on, unless another clock was given. */
  clock: C;
  feed: FakeFeed;
  context: string;
  isProtected: boolean;
  catalogue: LoadedExperiment[];
  preflight(loaded: LoadedExperiment): Promise<Preflight>;
  /** The events of a run, each after its delay in milliseconds; then it observes until stopped or `lastsMs` are over. */
  happenings: readonly (readonly [delayMs: number, happening: RunEventBody])[];
  lastsMs: number;
  findings(): readonly FoundInjection[];
  scanMs: number;
  isReachable(): boolean;
  serverNow(): number;
  remaining(): number;
  triage(): Triage;
  planFix(finding: Finding, fix: string | undefined, follows: readonly Finding[]): FixPlan;
  applyFix(shown: FixPlan): FixEnd;
  putBack(path: string): FixEnd;
  suggest(ref: ObjectRef): Outcome<Suggested>;
  withReach(draft: Draft): Draft;
  /** Files by their path: what was written, and what was there. */
  files: Map<string, string>;
  /** Why nothing can be written. */
  diskSays?: string;
  inspect(ref: ObjectRef): Outcome<Inspection>;
  log(source: LogSource): Clean[];
  fired: ArmedRun[];
  reverted: number;
  /** What was chosen of those that a person must choose of, by id. */
  chosen: Map<string, Choice>;
  /** Runs of the console that were stopped for the last revert. */
  stopped?: number;
  /** How long the restore of each object takes. */
  revertMs: number;
  /** What of these needs a person's word; nothing unless told. */
  /** Why the cluster lets nobody in. */
  noAnswer?: NoAnswer;
  /** The only namespace that may be read. */
  confinedTo?: string;
  asked?(findings: readonly FoundInjection[]): readonly AskedRecord[];
  /** Those that a person must choose of; each is diverged until it was chosen. */
  undecided?(findings: readonly FoundInjection[]): readonly Undecided[];
  /** What lost its marks, until it is accepted. */
  unmarked: LeftUnmarked[];
}

const STORY = (serverNow: () => number): Script['happenings'] => [
  [0, { event: 'phase', phase: 'Pending' }],
  [20, { event: 'phase', phase: 'SteadyStatePre' }],
  [
    20,
    {
      event: 'baseline',
      checks: [{ name: 'Deployment shop/ledger Available', state: 'pass', expected: 'True', actual: 'True' }],
      passed: true,
    },
  ],
  [20, { event: 'phase', phase: 'Injecting' }],
  [
    20,
    {
      event: 'injected',
      writes: ['patch Deployment shop/ledger'],
      pods: ['ledger-7f9c'],
      ttlDeadline: serverNow() + 300_000,
      recoveryDeadline: serverNow() + 180_000,
    },
  ],
  [10, { event: 'phase', phase: 'Observing' }],
  [50, { event: 'effect', state: 'proven', evidence: ['ImagePullBackOff on 1 new pod'], afterMs: 1_800 }],
];

const ENDING = (stopped: boolean): RunEventBody[] => [
  { event: 'phase', phase: 'Reverting' },
  { event: 'reverted', receipts: [], remaining: 0 },
  { event: 'recovered', afterMs: 4_200, by: 'kube-controller-manager', selfHealed: false },
  {
    event: 'verdict',
    verdict: stopped ? 'Inconclusive' : 'Resilient',
    reasons: [stopped ? 'interrupted: stopped from the console' : 'the old pod served all the while'],
    timings: {},
    selfHealed: false,
    restoredBy: 'mayday',
    compat: { verdict: 'Resilient', why: 'same' },
    residue: 0,
  },
];

/** A session on a clock that stands still until it is moved. */
export const script = (changes: Partial<Script> = {}): Script => scriptOn(manualClock(NOW), changes);

/** The same on another clock. */
export function scriptOn<C extends Clock>(clock: C, changes: Partial<Script<C>> = {}): Script<C> {
  const serverNow = changes.serverNow ?? (() => clock.now());
  return {
    clock,
    feed: fakeFeed(SHOP),
    context: 'prod-eu-1',
    isProtected: false,
    catalogue: [
      experiment('ledger-image-corrupt'),
      experiment('ledger-kill', { type: 'PodKill', danger: 'low' }),
      experiment('checkout-drift', { type: 'ConfigDrift', danger: 'medium' }),
    ],
    preflight: async loaded => preflightFor(loaded),
    happenings: STORY(serverNow),
    lastsMs: 60_000,
    findings: () => [],
    scanMs: 30,
    isReachable: () => true,
    serverNow,
    remaining: () => 0,
    planFix: () => {
      throw new Error('mayday cannot fix this by itself: ask somebody');
    },
    applyFix: () => ({ isDone: true, lines: [] }),
    putBack: () => ({ isDone: true, lines: [] }),
    suggest: ref => suggestIn(SHOP, ref),
    withReach: draft => ({ ...draft, maxPods: '2' }),
    files: new Map(),
    inspect: () => failure('not-found', 'not found' as Clean),
    log: () => [],
    triage: () => ({ roots: [], gates: [] }),
    fired: [],
    reverted: 0,
    chosen: new Map(),
    unmarked: [],
    revertMs: 30,
    ...changes,
  };
}

/** What mayday suggests for one of these objects. */
export function suggestIn(objects: readonly KubeObject[], ref: ObjectRef): Outcome<Suggested> {
  const object = objects.find(({ kind, metadata }) => kind === ref.kind && metadata.name === ref.name);
  return object === undefined
    ? failure('not-found', 'not found' as Clean)
    : { ok: true, status: 200, value: suggestFor({ object, owners: [] }) };
}

function save({ files, diskSays }: Script<Clock>, path: string, text: string, replace: boolean): Saved {
  if (diskSays !== undefined) return { is: 'failed', why: diskSays as Clean };
  if (files.has(path) && !replace) return { is: 'taken', path };
  files.set(path, text);
  return { is: 'written', path };
}

/** A session that plays the script. */
export function fakeSession(play: Script<Clock>): Session {
  const { clock } = play;
  return {
    identity: { context: play.context, server: 'https://prod-eu-1:6443', user: 'alice', namespace: 'shop' },
    isProtected: play.isProtected,
    isSandbox: false,
    feed: play.feed,
    serverNow: play.serverNow,
    about: async () =>
      play.isReachable() ? { version: 'v1.36.3' as Clean, user: 'alice' as Clean } : { failure: 'no answer' as Clean },
    preflight: loaded => play.preflight(loaded),
    run: order => playRun(play, order),
    async scan(hear, signal) {
      if (!play.isReachable()) return { ok: false, message: 'connect ECONNREFUSED 10.0.0.1:6443' };
      const found = play.findings();
      for (let i = 0; i <= found.length; i++) {
        await clock.sleep(play.scanMs / (found.length + 1), signal);
        hear({ is: 'progress', done: i * 8, total: 68 });
        const next = found[i];
        if (next) hear({ is: 'finding', finding: next });
      }
      return { ok: true, findings: found, blind: 0, unmarked: [...play.unmarked] };
    },
    async revert(what, hear, { confirmed, choices, accepted = [], stopped = 0 } = {}): Promise<RevertEnd> {
      play.stopped = stopped;
      if (!play.isReachable()) throw new Error('connect ECONNREFUSED 10.0.0.1:6443');
      const findings = what === 'all' ? play.findings() : what;
      hear({ is: 'wave', wave: 3, name: 'the rest', findings });
      const unasked = new Set((play.asked?.(findings) ?? []).map(record => record.finding.id));
      const open = new Set((play.undecided?.(findings) ?? []).map(record => record.finding.id));
      for (const [id, choice] of choices ?? []) play.chosen.set(id, choice);
      const receipts = findings.map(({ id, type, object }): Receipt => {
        const isDiverged = open.has(id) && choices?.has(id) !== true;
        const isLeft = isDiverged || (unasked.has(id) && confirmed?.has(id) !== true);
        const made = choices?.get(id) === 'keep' ? 'stripped' : 'reverted';
        const outcome = isDiverged ? 'diverged' : isLeft ? 'unconfirmed' : made;
        return { id, type, object, outcome, verified: !isLeft, requests: 3, ms: 60, message: 'image ledger:4.1' };
      });
      for (const { id, type, object } of accepted) {
        play.unmarked = play.unmarked.filter(one => one.id !== id);
        const message = 'accepted as it is, as requested';
        receipts.push({ id, type, object, outcome: 'stripped', verified: true, requests: 2, ms: 20, message });
      }
      for (const receipt of receipts) {
        await clock.sleep(play.revertMs);
        hear({ is: 'receipt', receipt, wave: 3 });
      }
      play.reverted += receipts.filter(({ verified }) => verified).length;
      return {
        remaining: play.remaining() + play.unmarked.length,
        unmarked: [...play.unmarked],
        receipts,
        blind: 0,
        requests: receipts.length * 3,
        ms: 120,
        latched: what === 'all' && receipts.length + stopped > 0,
      };
    },
    async triage(hear) {
      if (!play.isReachable()) throw new Error('connect ECONNREFUSED 10.0.0.1:6443');
      const result = play.triage();
      for (const gate of result.gates) hear(gate);
      return result;
    },
    async followTriage(_, hear) {
      if (play.isReachable()) hear(play.triage());
    },
    planFix: async (...asked) => play.planFix(...asked),
    applyFix: async (_, shown) => play.applyFix(shown),
    putBack: async path => play.putBack(path),
    leadDay: order => play.leadDay?.(order) ?? Promise.reject(new Error('this cluster has no game-day')),
    planSuite: async all => planSuite(all),
    runSuite: order => play.runSuite?.(order) ?? Promise.reject(new Error('this cluster runs no suite')),
    suggest: async ref => play.suggest(ref),
    withReach: async draft => play.withReach(draft),
    validateDraft: async (draft, path) => validateDraft(draft, path),
    inspect: async ref => play.inspect(ref),
    async followLog(source, hear) {
      hear({ is: 'lines', lines: play.log(source), isCut: false });
    },
    confinedTo: async () => play.confinedTo,
    noAnswer: async () => play.noAnswer ?? (play.isReachable() ? undefined : NO_ANSWER),
    recordsToConfirm: async findings => play.asked?.(findings) ?? [],
    choicesToMake: async findings => play.undecided?.(findings) ?? [],
    unfinished: async () => [],
    unmarkedLeft: async () => [...play.unmarked],
    liftLatch: async () => undefined,
    guardians: async () => [],
    suspended: async () => false,
    resumed: () => undefined,
    close: async () => undefined,
  };
}

async function playRun(play: Script<Clock>, order: ArmedRun): Promise<RunEnd> {
  play.fired.push(order);
  const { plan } = order.preflight;
  const run = `run-${play.fired.length}`;
  const emit = (happening: RunEventBody): void =>
    order.emit({ ...happening, at: play.serverNow(), run } as Parameters<ArmedRun['emit']>[0]);
  const gate = order.gate(plan as Plan);
  emit({ event: 'gate', ...gate });
  if (!gate.ok) return { exitCode: 5, residue: 0 };
  let wasStopped = false;
  try {
    for (const [delay, happening] of play.happenings) {
      await play.clock.sleep(delay, order.signal);
      emit(happening);
    }
    await play.clock.sleep(play.lastsMs, order.signal);
  } catch {
    wasStopped = true;
  }
  for (const happening of ENDING(wasStopped)) emit(happening);
  return { exitCode: wasStopped ? 6 : 0, residue: 0 };
}

/** Console dependencies around a script. */
export function fakeDeps(
  play: Script<Clock>,
  terminal: ConsoleDeps['terminal'],
  settings: Partial<ConsoleDeps['settings']> = {},
): ConsoleDeps {
  return {
    settings: { version: '0.1.0', color: true, ascii: false, readOnly: false, ...settings },
    terminal,
    clock: play.clock,
    catalogue: async () => play.catalogue.map(loaded => ({ path: loaded.path, loaded })),
    save: async (...asked) => save(play, ...asked),
    connect: async () => ({ ok: true, session: fakeSession(play) }),
    log: () => undefined,
  };
}
