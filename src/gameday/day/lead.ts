import { makeRunId } from '../../records/run-id.ts';
import { type ConditionStatus, meaning } from '../conditions/judge.ts';
import { type DayJournal, dayJournalPath, openDayJournal } from '../journal/day-journal.ts';
import { followJournal } from '../journal/follow.ts';
import { entriesOf } from '../journal/read-day.ts';
import type { By, DayEntry, DayEvent, KeptFile, Session } from '../journal/record.ts';
import type { Plan } from '../plan/read-plan.ts';
import { leadDay } from './day.ts';
import type { DayDeps, DayEnd, UnderWay } from './deps.ts';
import { createEntriesSoFar, type EntriesSoFar } from './entries-so-far.ts';
import type { Day, DayOrder, LeadDeps } from './order.ts';
import { createOwnRuns } from './own-runs.ts';
import { type DayRecorder, mayUnlatch, openRecorder } from './recorder.ts';
import { revertOpenFaults } from './revert-open-faults.ts';
import { safetyCheck } from './safety-check.ts';
import { type DayWatch, watchDay } from './watch-day.ts';

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
  const thisSession: Session = {
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
        ...thisSession,
      });
    } else {
      await leading.recorder.note({ kind: 'session', day, adds: false, ...thisSession });
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
  readonly #soFar: EntriesSoFar;
  readonly #disk = new AbortController();
  readonly #runs = createOwnRuns();
  #underWay: UnderWay | undefined;

  constructor(deps: LeadDeps, order: DayOrder, file: DayJournal, entries: readonly DayEntry[]) {
    this.#deps = deps;
    this.#order = order;
    this.#file = file;
    this.#soFar = createEntriesSoFar(entries);
    this.journal = file.path;
    for (const entry of entries) if (entry.kind === 'run') this.#runs.add(entry.run);
    this.recorder = openRecorder(
      file,
      entries,
      entry => this.#onEntry(entry),
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
    const watch = this.#watch(beganAt);
    // Entries of this process carry its session, so the follower can leave them out.
    void followJournal(
      { files, clock: realClock },
      { path: this.journal, session, from: known },
      entry => this.#onForeignEntry(entry),
      over.signal,
    );
    try {
      const left = this.#soFar.has('run') ? await this.#revertOpenFaults() : 0;
      if (left > 0) return await this.#residue(left);
      return await leadDay(this.#dayDeps(watch));
    } finally {
      over.abort();
      await watch.stop();
    }
  }

  /** Reverts the faults that a dead process left, then records its scenarios as died, so that they are done again. Gives what remains. */
  async #revertOpenFaults(): Promise<number> {
    const record = this.#soFar.record();
    const open = record.scenarios.filter(({ end }) => end === undefined);
    if (open.length === 0) return 0;
    this.#order.onUpdate({ is: 'stage', stage: { at: 'lifting' } });
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

  #onEntry(entry: DayEntry): void {
    this.#soFar.add(entry);
    if (entry.kind === 'run') this.#runs.add(entry.run);
    this.#order.onUpdate({ is: 'entry', entry });
  }

  /** Takes over an entry that another process wrote. */
  #onForeignEntry(entry: DayEntry): void {
    if (entry.kind === 'stop')
      this.#underWay?.stop('stopped', `stopped by ${entry.by.name} (${entry.by.role}): ${entry.why}`);
    // The role is the one that the plan gives to that name, whatever the record says.
    if (entry.kind === 'unlatch' && !mayUnlatch(roleOf(this.#order.plan, entry.by))) return;
    this.recorder.takeForeign(entry);
  }

  /** Records an event that nobody waits for. The recorder reports a failed write, and that ends the day. */
  #writeDown(event: DayEvent): void {
    this.recorder.note(event).catch(() => undefined);
  }

  #watch(beganAt: number): DayWatch {
    return watchDay({
      ...this.#deps,
      spec: this.#order.plan.day.spec,
      beganAt,
      runs: this.#runs,
      scenario: () => this.#underWay?.scenario,
      writeDown: event => this.#writeDown(event),
      onChange: (standings, probes) => {
        for (const { name, state, expected, actual } of this.#soFar.changedProbes(probes))
          this.#writeDown({ kind: 'probe', probe: name, state, expected, actual });
        this.#order.onUpdate({ is: 'standings', standings, probes });
      },
      tripped: standing => this.#tripped(standing),
    });
  }

  #tripped({ id, value, limit }: ConditionStatus): void {
    const says = meaning(id);
    const scenario = this.#underWay?.scenario;
    this.#underWay?.stop('aborted', `abort condition ${id}: ${says} (${value}; limit ${limit})`);
    const about = scenario === undefined ? {} : { scenario };
    const text = `${says} (${value}; limit ${limit})`;
    this.#deps.notifyTripped?.({ day: this.#order.plan.day.metadata.name, condition: id, text, ...about });
    const notices = this.#order.plan.day.spec.notices.filter(({ when }) => when === 'on-abort');
    const writes = [
      this.recorder.note({ kind: 'tripped', condition: id, says, value, limit, ...about }),
      ...notices.map(({ to, text }) => this.recorder.note({ kind: 'notice', when: 'on-abort', to, text })),
    ];
    // The recorder reports a failed write, and that ends the day.
    for (const one of writes) one.catch(() => undefined);
  }

  #dayDeps({ monitor, alerts, runTarget }: DayWatch): DayDeps {
    const { api, engine, clock, triage, ready, baseline } = this.#deps;
    const { plan, agenda, by, despite, signal, stopWaiting, onUpdate } = this.#order;
    return {
      day: plan.day,
      agenda,
      record: this.#soFar.record(),
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
        return safetyCheck({ ...seen, ...(latched === undefined ? {} : { latched }) });
      },
      baseline: when => baseline(when, this.#file.path.replace(/[^/]+$/, ''), plan.day.spec.scope.namespaces),
      underWay: scenario => {
        this.#underWay = scenario;
        return () => {
          this.#underWay = undefined;
        };
      },
      runTarget,
      ...(alerts === undefined ? {} : { alerts }),
      ran: this.#runs.ran,
      seenBy: this.#soFar.seenBy,
      alertOf: this.#soFar.alertOf,
      stage: stage => onUpdate({ is: 'stage', stage }),
    };
  }
}

const roleOf = ({ day }: Plan, by: By): By['role'] =>
  day.spec.people.find(({ name }) => name === by.name)?.role ?? 'observer';
