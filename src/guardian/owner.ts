import type { Announcement, Guard, Watch } from '../engine/guard.ts';
import type { Clock } from '../host/clock.ts';
import { messageOf } from '../text/message-of.ts';
import type { FromGuardian, FromOwner } from './message.ts';

/** The guardian process, from the owner's side. */
export interface GuardianProcess {
  ready: Extract<FromGuardian, { is: 'ready' }>;
  send(message: FromOwner): void;
  onMessage(listener: (message: FromGuardian) => void): void;
  /** Resolves when it is gone. */
  readonly gone: Promise<void>;
  /** Closes the pipe; the guardian then reverts what is left, and ends. */
  close(): void;
  /** Says whether this process waits for an answer; while it does, it must not end. */
  waitFor(isWaiting: boolean): void;
}

export interface OwnerDeps {
  /** Starts the guardian; rejects with a one-line message if that is impossible. */
  start(): Promise<GuardianProcess>;
  clock: Clock;
}

/** How long to wait for an answer. A guardian answers within a millisecond; one that hangs must not delay a revert for long. */
const ANSWER_MS = 10_000;
/** How long to wait for an answer before a suspension: a person waits for the prompt. */
const SUSPEND_ANSWER_MS = 1_000;
const MOST_STARTS = 4;

/** A run that was announced to the guardian. */
interface AnnouncedRun {
  /** Called with the new state when another guardian was started. */
  changed: (watch: Watch) => void;
  /** The announced writes, to repeat them to a guardian that starts later; `dueAt` is on the monotonic clock. */
  announced: (Announcement & { dueAt: number })[];
}

/** The messages that wait for an answer of the guardian. */
interface Questions {
  /** Sends a message and waits for the answer; undefined when there is no guardian or no answer in time. */
  ask(
    to: Promise<GuardianProcess> | undefined,
    message: (n: number) => FromOwner,
    answerMs?: number,
  ): Promise<FromGuardian | undefined>;
  /** Delivers an answer to the request that waits for it. */
  answered(answer: Extract<FromGuardian, { n: number }>): void;
  /** Call it when the guardian is gone: no question will be answered. */
  dropAll(): void;
}

function createQuestions(clock: Clock): Questions {
  const waiting = new Map<number, (answer: FromGuardian | undefined) => void>();
  let lastNumber = 0;
  return {
    async ask(to, message, answerMs = ANSWER_MS) {
      const process = await to?.catch(() => undefined);
      if (!process) return undefined;
      const n = ++lastNumber;
      const settled = new AbortController();
      const answer = new Promise<FromGuardian | undefined>(resolve => {
        waiting.set(n, resolve);
        clock.sleep(answerMs, settled.signal).then(
          () => resolve(undefined),
          () => undefined,
        );
      });
      process.waitFor(true);
      process.send(message(n));
      try {
        return await answer;
      } finally {
        settled.abort();
        waiting.delete(n);
        if (waiting.size === 0) process.waitFor(false);
      }
    },
    answered: answer => waiting.get(answer.n)?.(answer),
    dropAll() {
      for (const settle of [...waiting.values()]) settle(undefined);
    },
  };
}

/** The present guardian process; another is started when it is needed and there is none. */
interface Holder {
  /** Undefined while none is running or starting. */
  current(): Promise<GuardianProcess> | undefined;
  /** The present process, started if necessary; rejects if that fails, or if guardians have ended too often. */
  running(): Promise<GuardianProcess>;
  /** Closes this process, if it is still the present one. */
  close(held: Promise<GuardianProcess>, process: GuardianProcess): void;
}

function createHolder(
  start: OwnerDeps['start'],
  on: { message(process: GuardianProcess, message: FromGuardian): void; gone(): void },
): Holder {
  let current: Promise<GuardianProcess> | undefined;
  let starts = 0;
  const dropped = (which: Promise<GuardianProcess>): boolean => {
    if (current !== which) return false;
    current = undefined;
    return true;
  };
  return {
    current: () => current,
    running() {
      if (current) return current;
      if (starts >= MOST_STARTS) return Promise.reject(new Error(`the guardian ended ${MOST_STARTS} times`));
      starts += 1;
      const started = start();
      current = started;
      started.then(
        process => {
          process.onMessage(message => on.message(process, message));
          void process.gone.then(() => dropped(started) && on.gone());
        },
        () => dropped(started),
      );
      return started;
    },
    close(held, process) {
      if (!dropped(held)) return;
      starts = 0;
      process.close();
    },
  };
}

/**
 * The owner's side: starts the guardian when the first run begins, ends it after the last, and starts another if it
 * dies in between.
 */
export function ownersGuard({ start, clock }: OwnerDeps): Guard {
  const runs = new Map<string, AnnouncedRun>();
  const questions = createQuestions(clock);
  const holder = createHolder(start, {
    message: receive,
    gone() {
      questions.dropAll();
      if (runs.size > 0) void restart();
    },
  });
  /** Whether a fault of this process is left in the cluster; then the guardian must keep running until this process ends. */
  let hasResidue = false;

  function receive(process: GuardianProcess, message: FromGuardian): void {
    if (message.is === 'there?') process.send({ is: 'here' });
    else if (message.is !== 'ready') questions.answered(message);
  }

  async function restart(): Promise<void> {
    const watch = await watchBy(holder.running());
    for (const { changed } of runs.values()) changed(watch);
    for (const { announced } of [...runs.values()])
      for (const { dueAt, ...write } of announced)
        void ask(n => ({ is: 'guard', n, ...write, dueInMs: dueAt - clock.monotonic() }));
  }

  const ask = (message: (n: number) => FromOwner, answerMs?: number) =>
    questions.ask(holder.current(), message, answerMs);

  return {
    begin(run, changed) {
      runs.set(run, { changed, announced: [] });
      return watchBy(holder.running());
    },
    async announce(write) {
      runs.get(write.run)?.announced.push({ ...write, dueAt: clock.monotonic() + write.dueInMs });
      const answer = await ask(n => ({ is: 'guard', n, ...write }));
      if (answer?.is === 'no') throw new Error(answer.why);
    },
    async reverting(run) {
      if ((runs.get(run)?.announced.length ?? 0) > 0) await ask(n => ({ is: 'revert', n, run }));
    },
    async suspended() {
      const answer = await ask(n => ({ is: 'suspended', n }), SUSPEND_ANSWER_MS);
      return answer?.is === 'yes';
    },
    resumed() {
      void holder
        .current()
        ?.then(process => process.send({ is: 'resumed' }))
        .catch(() => undefined);
    },
    over(run, residue) {
      const announcedRun = runs.get(run);
      runs.delete(run);
      if (announcedRun && announcedRun.announced.length > 0 && residue !== 0) hasResidue = true;
      const held = holder.current();
      void held
        ?.then(process => {
          process.send({ is: 'over', run, residue: residue ?? null });
          if (runs.size === 0 && !hasResidue) holder.close(held, process);
        })
        .catch(() => undefined);
    },
  };
}

/** What the guardian that is starting can do; or why there is none. */
async function watchBy(starting: Promise<GuardianProcess>): Promise<Watch> {
  try {
    const { ready } = await starting;
    const { pid, processStart, log } = ready;
    return { on: true, pid, log, ...(processStart === undefined ? {} : { processStart }) };
  } catch (error) {
    return { on: false, why: messageOf(error) };
  }
}
