import type { Engine } from '../../engine/engine.ts';
import type { Permission } from '../../faults/contract.ts';
import type { Clock } from '../../host/clock.ts';
import type { Files } from '../../host/files.ts';
import type { Api } from '../../kube/client/api.ts';
import { makeRunId } from '../../records/run-id.ts';
import { deniedForRevert } from '../../safety/permissions.ts';
import type { Triage } from '../../triage/result.ts';
import { type AlertWatch, createAlertWatch } from '../alerts/watch.ts';
import { meaning, type Standing } from '../conditions/judge.ts';
import { createMonitor, type Monitor } from '../conditions/monitor.ts';
import { createSampler } from '../conditions/sampler.ts';
import { type DayJournal, dayJournalPath, openDayJournal } from '../journal/day-journal.ts';
import { followJournal } from '../journal/follow.ts';
import { entriesOf, readDay } from '../journal/read-day.ts';
import type { By, DayEntry, Happened, KeptFile, Session } from '../journal/record.ts';
import type { Plan } from '../plan/read-plan.ts';
import type { ProbeSeen, ProbeWorld } from '../probes/probe.ts';
import type { ReadyScenario } from './agenda.ts';
import { type DayDeps, type DayEnd, leadDay, type SavedBaseline, type Stage } from './day.ts';
import { type Desk, mayUnlatch, openDesk } from './desk.ts';
import type { Human } from './human.ts';
import { liftOpenFaults } from './lift.ts';
import { lookBothWays } from './look-both-ways.ts';
import type { UnderWay } from './scenario.ts';

/** The world of a day; passed in, so that tests own it. */
export interface LeadDeps {
  api: Api;
  engine: Pick<Engine, 'run' | 'scan' | 'revert' | 'unfinished' | 'clusterUid'>;
  /** The clock that experiments live in, and the one that people live in. */
  clock: Clock;
  realClock: Clock;
  random: () => number;
  files: Files;
  stateDir: string;
  world: ProbeWorld;
  /** By how much the clocks of this machine and of the cluster differ at least, milliseconds; undefined where it is not known. */
  skewMs(): number | undefined;
  triage(): Promise<Triage>;
  ready: DayDeps['ready'];
  /** Saves what these namespaces look like in the folder of the day; what is left is a line each. Never rejects. */
  baseline(when: 'before' | 'after', folder: string, namespaces: readonly string[]): Promise<SavedBaseline>;
  /** Tells others of a tripped condition; nobody waits for it. */
  tellTripped?(of: { day: string; condition: string; text: string; scenario?: string }): void;
  me: Pick<Session, 'user' | 'host' | 'pid' | 'processStart' | 'version'>;
}

/** What is to be led. */
export interface DayOrder {
  plan: Plan;
  agenda: readonly ReadyScenario[];
  kept: readonly KeptFile[];
  /** The journal of a day that began; a new day without. */
  begun?: { path: string; text: string };
  by: By;
  despite: ReadonlySet<string>;
  signal: AbortSignal;
  insist: AbortSignal;
  human(day: Day): Human;
  hear(update: DayUpdate): void;
}

/** What whoever looks on is told. */
export type DayUpdate =
  | { is: 'entry'; entry: DayEntry }
  | { is: 'standings'; standings: readonly Standing[]; probes: readonly ProbeSeen[] }
  | { is: 'stage'; stage: Stage };

/** What people may do while a day goes on, from any thread of it. */
export interface Day {
  readonly journal: string;
  /** Anybody may: what is in is reverted, and nothing more is injected until the owner says so. */
  stop(by: By, why: string): Promise<void>;
  /** Only the owner may; false where it is somebody else, or where nothing is latched. */
  unlatch(by: By): Promise<boolean>;
  latched(): string | undefined;
  /** `at`: when the key was pressed, by the server's time. */
  note(by: By, text: string, at: number, tag?: string): Promise<void>;
  /** "I see it". */
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
      await leading.desk.note({ kind: 'begin', day, plan: metadata.name, objective: spec.objective, files, ...who });
    } else {
      await leading.desk.note({ kind: 'session', day, adds: false, ...who });
    }
    return await leading.lead(session, begin?.at ?? serverNow(), order.begun?.text.length ?? 0);
  } finally {
    await journal.close();
  }
}

/** One process that leads a day. */
class Leading implements Day {
  readonly journal: string;
  readonly desk: Desk;
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
    this.desk = openDesk(
      file,
      entries,
      entry => this.#hear(entry),
      error => this.#disk.abort(error),
    );
  }

  latched = () => this.desk.latched();

  async stop(by: By, why: string): Promise<void> {
    this.#underWay?.stop('stopped', `stopped by ${by.name} (${by.role}): ${why}`);
    await this.desk.note({ kind: 'stop', by, why });
  }

  async unlatch(by: By): Promise<boolean> {
    if (!mayUnlatch(by.role) || this.desk.latched() === undefined) return false;
    await this.desk.note({ kind: 'unlatch', by });
    return true;
  }

  note(by: By, text: string, at: number, tag?: string): Promise<void> {
    const scenario = this.#underWay?.scenario;
    const about = { ...(scenario === undefined ? {} : { scenario }), ...(tag === undefined ? {} : { tag }) };
    return this.desk.note({ kind: 'note', text, by, ...about }, at);
  }

  seen(by: By, at: number): Promise<void> {
    const scenario = this.#underWay?.scenario;
    return this.desk.note({ kind: 'seen', by, ...(scenario === undefined ? {} : { scenario }) }, at);
  }

  async lead(session: string, beganAt: number, known: number): Promise<DayEnd> {
    const { realClock, files } = this.#deps;
    const over = new AbortController();
    const alerts = this.#alertWatch();
    const monitor = this.#monitor(beganAt, alerts);
    // What this process has written itself is told apart by its session.
    void followJournal(
      { files, clock: realClock },
      { path: this.journal, session, from: known },
      entry => this.#heardOf(entry),
      over.signal,
    );
    try {
      const left = this.#entries.some(({ kind }) => kind === 'run') ? await this.#lift() : 0;
      if (left > 0) return await this.#residue(left);
      return await leadDay(this.#dayDeps(monitor, alerts));
    } finally {
      over.abort();
      alerts?.end();
      await monitor.stop();
    }
  }

  /** Open faults first; then the scenarios that were under way are written off, to be done again. */
  async #lift(): Promise<number> {
    const record = this.#record();
    const open = record.scenarios.filter(({ end }) => end === undefined);
    if (open.length === 0) return 0;
    this.#order.hear({ is: 'stage', stage: { at: 'lifting' } });
    const lifted = await liftOpenFaults(this.#deps.engine, record);
    await this.desk.note({ kind: 'lifted', ...lifted });
    for (const { name } of open)
      await this.desk.note({
        kind: 'ended',
        scenario: name,
        end: 'died',
        why: 'its process died; what it left was looked for',
      });
    return lifted.remaining;
  }

  async #residue(left: number): Promise<DayEnd> {
    const says = `${left} of what the day left is NOT restored: mayday scan; nothing more is injected`;
    await this.desk.note({ kind: 'end', exitCode: 7, says });
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

  /** Somebody at another console. */
  #heardOf(entry: DayEntry): void {
    if (entry.kind === 'stop')
      this.#underWay?.stop('stopped', `stopped by ${entry.by.name} (${entry.by.role}): ${entry.why}`);
    // The role is the one that the plan gives to that name, whatever the record says.
    if (entry.kind === 'unlatch' && !mayUnlatch(roleOf(this.#order.plan, entry.by))) return;
    this.desk.heard(entry);
  }

  /** What happens by itself is written down; a disk that refuses is told by the desk, and ends the day. */
  #writeDown(happened: Happened): void {
    this.desk.note(happened).catch(() => undefined);
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

  /** Writes down each probe that changed. */
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
    this.#aim = ({ run, isTarget, permissions }) => {
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

  #aim: DayDeps['aim'] = () => undefined;

  #tripped({ id, value, limit }: Standing): void {
    const says = meaning(id);
    const scenario = this.#underWay?.scenario;
    this.#underWay?.stop('aborted', `abort condition ${id}: ${says} (${value}; limit ${limit})`);
    const about = scenario === undefined ? {} : { scenario };
    const text = `${says} (${value}; limit ${limit})`;
    this.#deps.tellTripped?.({ day: this.#order.plan.day.metadata.name, condition: id, text, ...about });
    const told = this.#order.plan.day.spec.notices.filter(({ when }) => when === 'on-abort');
    const noted = [
      this.desk.note({ kind: 'tripped', condition: id, says, value, limit, ...about }),
      ...told.map(({ to, text }) => this.desk.note({ kind: 'notice', when: 'on-abort', to, text })),
    ];
    // A disk that refuses is told by the desk, and ends the day.
    for (const one of noted) one.catch(() => undefined);
  }

  #dayDeps(monitor: Monitor, alerts: AlertWatch | undefined): DayDeps {
    const { api, engine, clock, triage, ready, baseline } = this.#deps;
    const { plan, agenda, by, despite, signal, insist, hear } = this.#order;
    return {
      day: plan.day,
      agenda,
      record: this.#record(),
      desk: this.desk,
      engine,
      monitor,
      human: this.#order.human(this),
      clock,
      serverNow: () => api.serverTime().now,
      ready,
      by,
      despite,
      signal: AbortSignal.any([signal, this.#disk.signal]),
      insist,
      look: () => {
        const latched = this.desk.latched();
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
      aim: aim => this.#aim(aim),
      ...(alerts === undefined ? {} : { alerts }),
      ran: (event, { experiment }) => {
        if (event.event === 'phase' && event.phase === 'Pending') this.#runs.add(event.run);
        if (event.event === 'injected' && event.ttlDeadline !== undefined)
          this.#faults.set(event.run, { name: experiment.metadata.name, dueAt: event.ttlDeadline });
        if (event.event === 'reverted' && event.remaining === 0) this.#faults.delete(event.run);
        // What is still in then is told as residue, and stops the day by itself.
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
