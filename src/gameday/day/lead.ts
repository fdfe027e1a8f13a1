import type { Engine } from '../../engine/engine.ts';
import type { Permission } from '../../faults/contract.ts';
import type { Clock } from '../../host/clock.ts';
import type { Files } from '../../host/files.ts';
import type { Api } from '../../kube/client/api.ts';
import { makeRunId } from '../../records/run-id.ts';
import { deniedForRevert } from '../../safety/permissions.ts';
import type { Triage } from '../../triage/result.ts';
import { type AlertWatch, createAlertWatch } from '../alerts/watch.ts';
import { type ConditionStatus, meaning } from '../conditions/judge.ts';
import { createMonitor, type Monitor } from '../conditions/monitor.ts';
import { createSampler } from '../conditions/sampler.ts';
import { type DayJournal, dayJournalPath, openDayJournal } from '../journal/day-journal.ts';
import { followJournal } from '../journal/follow.ts';
import { entriesOf, readDay } from '../journal/read-day.ts';
import type { By, DayEntry, DayEvent, KeptFile, Session } from '../journal/record.ts';
import type { Plan } from '../plan/read-plan.ts';
import type { ProbeSeen, ProbeWorld } from '../probes/probe.ts';
import type { ReadyScenario } from './agenda.ts';
import { type DayDeps, type DayEnd, leadDay, type SavedBaseline, type Stage } from './day.ts';
import type { Human } from './human.ts';
import { lookBothWays } from './look-both-ways.ts';
import { type DayRecorder, mayUnlatch, openRecorder } from './recorder.ts';
import { revertOpenFaults } from './revert-open-faults.ts';
import type { UnderWay } from './scenario.ts';

/** Everything outside that a day uses; passed in, so that tests can replace it. */
export interface LeadDeps {
  api: Api;
  engine: Pick<Engine, 'run' | 'scan' | 'revert' | 'unfinished' | 'clusterUid'>;
  /** `clock` is the clock of experiments, which may run fast; `realClock` is wall time. */
  clock: Clock;
  realClock: Clock;
  random: () => number;
  files: Files;
  stateDir: string;
  world: ProbeWorld;
  /** The least possible difference between the clocks of this machine and the cluster, milliseconds; undefined where it is not known. */
  skewMs(): number | undefined;
  triage(): Promise<Triage>;
  ready: DayDeps['ready'];
  /** Saves a baseline of these namespaces in the folder of the day, and gives each difference from the one before as a line. Never rejects. */
  baseline(when: 'before' | 'after', folder: string, namespaces: readonly string[]): Promise<SavedBaseline>;
  /** Notifies the receivers of a tripped condition; the day does not wait for it. */
  tellTripped?(of: { day: string; condition: string; text: string; scenario?: string }): void;
  me: Pick<Session, 'user' | 'host' | 'pid' | 'processStart' | 'version'>;
}

/** The day to lead, and who leads it. */
export interface DayOrder {
  plan: Plan;
  agenda: readonly ReadyScenario[];
  kept: readonly KeptFile[];
  /** The journal of a day that has begun already; absent for a new day. */
  begun?: { path: string; text: string };
  by: By;
  despite: ReadonlySet<string>;
  signal: AbortSignal;
  stopWaiting: AbortSignal;
  human(day: Day): Human;
  hear(update: DayUpdate): void;
}

/** Updates for display. */
export type DayUpdate =
  | { is: 'entry'; entry: DayEntry }
  | { is: 'standings'; standings: readonly ConditionStatus[]; probes: readonly ProbeSeen[] }
  | { is: 'stage'; stage: Stage };

/** What people can do while a day goes on, at any moment. */
export interface Day {
  readonly journal: string;
  /** Anybody may call it. Faults are reverted, and nothing more is injected until the owner takes the latch off. */
  stop(by: By, why: string): Promise<void>;
  /** Takes the latch off. False where `by` is not the owner or there is no latch. */
  unlatch(by: By): Promise<boolean>;
  latched(): string | undefined;
  /** `at`: when the key was pressed, by the server's time. */
  note(by: By, text: string, at: number, tag?: string): Promise<void>;
  /** Records that somebody sees the fault. */
  seen(by: By, at: number): Promise<void>;
}

/** Leads a day to its end, from its beginning or from where its journal ends. */
export async function lead(deps: LeadDeps, order: DayOrder): Promise<DayEnd> {
  const { api, engine } = deps;
  const serverNow = () => api.serverTime().now;
  const session = makeRunId(deps.clock.now(), deps.random);
  const { entries } = entriesOf(order.begun?.text.split('\n') ?? []);
  const begin = entries.find(entry => entry.kind === 'begin');
  const day = begin?.day ?? session;
  const path = order.begun?.path ?? dayJournalPath(deps.stateDir, day);
  const journal = await openDayJournal(deps.files, path, serverNow, { isNew: order.begun === undefined, session });
  const who: Session = {
    session,
    by: order.by,
    ...deps.me,
    context: api.identity.context,
    server: api.identity.server,
    clusterUid: await engine.clusterUid(),
  };
  const leading = new Leading(deps, order, journal, entries);
  try {
    if (begin === undefined) {
      const { metadata, spec } = order.plan.day;
      const plan: KeptFile = { path: order.plan.path, sha256: order.plan.sha256, text: order.plan.text };
      const files = [plan, ...order.kept];
      await leading.recorder.note({
        kind: 'begin',
        day,
        plan: metadata.name,
        objective: spec.objective,
        files,
        ...who,
      });
    } else {
      await leading.recorder.note({ kind: 'session', day, adds: false, ...who });
    }
    return await leading.lead(session, begin?.at ?? serverNow(), order.begun?.text.length ?? 0);
  } finally {
    await journal.close();
  }
}

/** One process that leads a day. */
class Leading implements Day {
  readonly journal: string;
  readonly recorder: DayRecorder;
  readonly #deps: LeadDeps;
  readonly #order: DayOrder;
  readonly #file: DayJournal;
  readonly #entries: DayEntry[];
  readonly #disk = new AbortController();
  readonly #faults = new Map<string, { name: string; dueAt: number }>();
  readonly #runs = new Set<string>();
  readonly #seen = new Map<string, string>();
  /** The first alert of each scenario, and how each probe stood when it was last written down. */
  readonly #alerted = new Map<string, string>();
  readonly #probes = new Map<string, ProbeSeen['state']>();
  /** What the reverts of the runs under way need. */
  readonly #needs = new Map<string, readonly Permission[]>();
  #underWay: UnderWay | undefined;

  constructor(deps: LeadDeps, order: DayOrder, file: DayJournal, entries: readonly DayEntry[]) {
    this.#deps = deps;
    this.#order = order;
    this.#file = file;
    this.#entries = [...entries];
    this.journal = file.path;
    for (const entry of entries) this.#learn(entry);
    this.recorder = openRecorder(
      file,
      entries,
      entry => this.#hear(entry),
      error => this.#disk.abort(error),
    );
  }

  latched = () => this.recorder.latched();

  async stop(by: By, why: string): Promise<void> {
    this.#underWay?.stop('stopped', `stopped by ${by.name} (${by.role}): ${why}`);
    await this.recorder.note({ kind: 'stop', by, why });
  }

  async unlatch(by: By): Promise<boolean> {
    if (!mayUnlatch(by.role) || this.recorder.latched() === undefined) return false;
    await this.recorder.note({ kind: 'unlatch', by });
    return true;
  }

  note(by: By, text: string, at: number, tag?: string): Promise<void> {
    const scenario = this.#underWay?.scenario;
    const about = { ...(scenario === undefined ? {} : { scenario }), ...(tag === undefined ? {} : { tag }) };
    return this.recorder.note({ kind: 'note', text, by, ...about }, at);
  }

  seen(by: By, at: number): Promise<void> {
    const scenario = this.#underWay?.scenario;
    return this.recorder.note({ kind: 'seen', by, ...(scenario === undefined ? {} : { scenario }) }, at);
  }

  async lead(session: string, beganAt: number, known: number): Promise<DayEnd> {
    const { realClock, files } = this.#deps;
    const over = new AbortController();
    const alerts = this.#alertWatch();
    const monitor = this.#monitor(beganAt, alerts);
    // Entries of this process carry its session, so the follower can leave them out.
    void followJournal(
      { files, clock: realClock },
      { path: this.journal, session, from: known },
      entry => this.#heardOf(entry),
      over.signal,
    );
    try {
      const left = this.#entries.some(({ kind }) => kind === 'run') ? await this.#revertOpenFaults() : 0;
      if (left > 0) return await this.#residue(left);
      return await leadDay(this.#dayDeps(monitor, alerts));
    } finally {
      over.abort();
      alerts?.end();
      await monitor.stop();
    }
  }

  /** Reverts the faults that a dead process left, then records its scenarios as died, so that they are done again. Gives what remains. */
  async #revertOpenFaults(): Promise<number> {
    const record = this.#record();
    const open = record.scenarios.filter(({ end }) => end === undefined);
    if (open.length === 0) return 0;
    this.#order.hear({ is: 'stage', stage: { at: 'lifting' } });
    const lifted = await revertOpenFaults(this.#deps.engine, record);
    await this.recorder.note({ kind: 'lifted', ...lifted });
    for (const { name } of open)
      await this.recorder.note({
        kind: 'ended',
        scenario: name,
        end: 'died',
        why: 'its process died; what it left was looked for',
      });
    return lifted.remaining;
  }

  async #residue(left: number): Promise<DayEnd> {
    const says = `${left} of what the day left is NOT restored: mayday scan; nothing more is injected`;
    await this.recorder.note({ kind: 'end', exitCode: 7, says });
    return { exitCode: 7, says };
  }

  #record() {
    return readDay(this.#entries.map(entry => JSON.stringify(entry)));
  }

  #hear(entry: DayEntry): void {
    this.#entries.push(entry);
    this.#learn(entry);
    this.#order.hear({ is: 'entry', entry });
  }

  #learn(entry: DayEntry): void {
    if (entry.kind === 'run') this.#runs.add(entry.run);
    if (entry.kind === 'seen' && entry.scenario !== undefined && !this.#seen.has(entry.scenario))
      this.#seen.set(entry.scenario, entry.by.name);
    if (entry.kind === 'alert' && !this.#alerted.has(entry.scenario)) this.#alerted.set(entry.scenario, entry.name);
    if (entry.kind === 'probe') this.#probes.set(entry.probe, entry.state);
  }

  /** Handles an entry that another process wrote. */
  #heardOf(entry: DayEntry): void {
    if (entry.kind === 'stop')
      this.#underWay?.stop('stopped', `stopped by ${entry.by.name} (${entry.by.role}): ${entry.why}`);
    // The role is the one that the plan gives to that name, whatever the record says.
    if (entry.kind === 'unlatch' && !mayUnlatch(roleOf(this.#order.plan, entry.by))) return;
    this.recorder.heard(entry);
  }

  /** Records an event that nobody waits for. The recorder reports a failed write, and that ends the day. */
  #writeDown(event: DayEvent): void {
    this.recorder.note(event).catch(() => undefined);
  }

  #alertWatch(): AlertWatch | undefined {
    const { world, clock, realClock } = this.#deps;
    const { alerts, abort, scope } = this.#order.plan.day.spec;
    if (alerts === undefined) return undefined;
    const about = () => this.#underWay?.scenario ?? '';
    return createAlertWatch({
      world,
      clock,
      realClock,
      rules: alerts,
      incident: abort.incident === false ? undefined : abort.incident.alerts,
      namespaces: scope.namespaces,
      fires: alert => this.#writeDown({ kind: 'alert', scenario: about(), ...alert }),
      answers: (source, why) =>
        this.#writeDown({ kind: 'alerts', scenario: about(), source, ...(why === undefined ? {} : { why }) }),
    });
  }

  /** Records each probe whose state changed. */
  #writeDownProbeChanges(seen: readonly ProbeSeen[]): void {
    for (const { name, state, expected, actual } of seen) {
      const before = this.#probes.get(name) ?? 'pass';
      this.#probes.set(name, state);
      if (before !== state) this.#writeDown({ kind: 'probe', probe: name, state, expected, actual });
    }
  }

  #monitor(beganAt: number, alerts: AlertWatch | undefined): Monitor {
    const { api, engine, clock, realClock, world } = this.#deps;
    const { spec } = this.#order.plan.day;
    const sampler = createSampler({
      api,
      clock,
      realClock,
      world,
      probes: spec.probes,
      namespaces: spec.scope.namespaces,
      skewMs: this.#deps.skewMs,
      incidents: () => alerts?.incidents(),
      mayNotRevert: async signal => {
        const needed = [...this.#needs.values()].flat();
        return needed.length === 0 ? undefined : deniedForRevert(api, needed, signal);
      },
      faults: () => [...this.#faults.values()],
      foreign: async () => {
        const { injections, scanned } = await engine.scan();
        if (scanned.read === 0) return undefined;
        return injections.filter(({ run }) => run === undefined || !this.#runs.has(run)).map(({ id }) => id);
      },
    });
    this.#runTarget = ({ run, isTarget, permissions }) => {
      sampler.aim(isTarget);
      this.#needs.set(run, permissions);
    };
    return createMonitor({
      sampler,
      clock,
      realClock,
      rules: spec.abort,
      beganAt,
      hear: ({ standings, probes }) => {
        this.#writeDownProbeChanges(probes);
        this.#order.hear({ is: 'standings', standings, probes });
      },
      tripped: standing => this.#tripped(standing),
    });
  }

  #runTarget: DayDeps['runTarget'] = () => undefined;

  #tripped({ id, value, limit }: ConditionStatus): void {
    const says = meaning(id);
    const scenario = this.#underWay?.scenario;
    this.#underWay?.stop('aborted', `abort condition ${id}: ${says} (${value}; limit ${limit})`);
    const about = scenario === undefined ? {} : { scenario };
    const text = `${says} (${value}; limit ${limit})`;
    this.#deps.tellTripped?.({ day: this.#order.plan.day.metadata.name, condition: id, text, ...about });
    const told = this.#order.plan.day.spec.notices.filter(({ when }) => when === 'on-abort');
    const noted = [
      this.recorder.note({ kind: 'tripped', condition: id, says, value, limit, ...about }),
      ...told.map(({ to, text }) => this.recorder.note({ kind: 'notice', when: 'on-abort', to, text })),
    ];
    // The recorder reports a failed write, and that ends the day.
    for (const one of noted) one.catch(() => undefined);
  }

  #dayDeps(monitor: Monitor, alerts: AlertWatch | undefined): DayDeps {
    const { api, engine, clock, triage, ready, baseline } = this.#deps;
    const { plan, agenda, by, despite, signal, stopWaiting, hear } = this.#order;
    return {
      day: plan.day,
      agenda,
      record: this.#record(),
      recorder: this.recorder,
      engine,
      monitor,
      human: this.#order.human(this),
      clock,
      serverNow: () => api.serverTime().now,
      ready,
      by,
      despite,
      signal: AbortSignal.any([signal, this.#disk.signal]),
      stopWaiting,
      look: () => {
        const latched = this.recorder.latched();
        const { standings, probes } = monitor;
        const seen = { api, engine, triage, day: plan.day, standings, probes, alerts };
        return lookBothWays({ ...seen, ...(latched === undefined ? {} : { latched }) });
      },
      baseline: when => baseline(when, this.#file.path.replace(/[^/]+$/, ''), plan.day.spec.scope.namespaces),
      underWay: scenario => {
        this.#underWay = scenario;
        return () => {
          this.#underWay = undefined;
        };
      },
      runTarget: runTarget => this.#runTarget(runTarget),
      ...(alerts === undefined ? {} : { alerts }),
      ran: (event, { experiment }) => {
        if (event.event === 'phase' && event.phase === 'Pending') this.#runs.add(event.run);
        if (event.event === 'injected' && event.ttlDeadline !== undefined)
          this.#faults.set(event.run, { name: experiment.metadata.name, dueAt: event.ttlDeadline });
        if (event.event === 'reverted' && event.remaining === 0) this.#faults.delete(event.run);
        // A fault that is still in the cluster at the verdict is residue, which stops the day.
        if (event.event === 'verdict' || (event.event === 'reverted' && event.remaining === 0))
          this.#needs.delete(event.run);
      },
      seenBy: scenario => this.#seen.get(scenario),
      alertOf: scenario => this.#alerted.get(scenario),
      stage: stage => hear({ is: 'stage', stage }),
    };
  }
}

const roleOf = ({ day }: Plan, by: By): By['role'] =>
  day.spec.people.find(({ name }) => name === by.name)?.role ?? 'observer';
