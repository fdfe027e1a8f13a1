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
const STARTS = 4;

interface AnnouncedRun {
  changed: (watch: Watch) => void;
  /** The announced writes, to repeat them to a guardian that starts later; `dueAt` is on the monotonic clock. */
  announced: (Announcement & { dueAt: number })[];
}

/**
 * The owner's side: starts the guardian when the first run begins, ends it after the last, and starts another if it
 * dies in between.
 */
export function ownersGuard({ start, clock }: OwnerDeps): Guard {
  const runs = new Map<string, AnnouncedRun>();
  const waiting = new Map<number, (answer: FromGuardian | undefined) => void>();
  let current: Promise<GuardianProcess> | undefined;
  let starts = 0;
  let numbered = 0;
  /** Whether a fault of this process is left in the cluster; then the guardian must keep running until this process ends. */
  let hasResidue = false;

  function running(): Promise<GuardianProcess> {
    if (current) return current;
    if (starts >= STARTS) return Promise.reject(new Error(`the guardian ended ${STARTS} times`));
    starts += 1;
    const started = start();
    current = started;
    started.then(
      process => {
        process.onMessage(message => receive(process, message));
        void process.gone.then(() => onGone(started));
      },
      () => {
        if (current === started) current = undefined;
      },
    );
    return started;
  }

  function receive(process: GuardianProcess, message: FromGuardian): void {
    if (message.is === 'there?') process.send({ is: 'here' });
    else if (message.is !== 'ready') waiting.get(message.n)?.(message);
  }

  function onGone(which: Promise<GuardianProcess>): void {
    if (current !== which) return;
    current = undefined;
    for (const settle of [...waiting.values()]) settle(undefined);
    if (runs.size > 0) void restart();
  }

  async function restart(): Promise<void> {
    const watch = await state();
    for (const { changed } of runs.values()) changed(watch);
    for (const { announced } of [...runs.values()])
      for (const { dueAt, ...write } of announced)
        void ask(n => ({ is: 'guard', n, ...write, dueInMs: dueAt - clock.monotonic() }));
  }

  async function state(): Promise<Watch> {
    try {
      const { ready } = await running();
      const { pid, processStart, log } = ready;
      return { on: true, pid, log, ...(processStart === undefined ? {} : { processStart }) };
    } catch (error) {
      return { on: false, why: messageOf(error) };
    }
  }

  /** Sends a message and waits for the answer; undefined when there is no guardian or no answer in time. */
  async function ask(message: (n: number) => FromOwner, retryForMs = ANSWER_MS): Promise<FromGuardian | undefined> {
    const process = await current?.catch(() => undefined);
    if (!process) return undefined;
    const n = ++numbered;
    const settled = new AbortController();
    const answer = new Promise<FromGuardian | undefined>(resolve => {
      waiting.set(n, resolve);
      clock.sleep(retryForMs, settled.signal).then(
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
  }

  return {
    begin(run, changed) {
      runs.set(run, { changed, announced: [] });
      return state();
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
      void current?.then(process => process.send({ is: 'resumed' })).catch(() => undefined);
    },
    over(run, residue) {
      const kept = runs.get(run);
      runs.delete(run);
      if (kept && kept.announced.length > 0 && residue !== 0) hasResidue = true;
      const last = current;
      void last
        ?.then(process => {
          process.send({ is: 'over', run, residue: residue ?? null });
          if (runs.size > 0 || hasResidue || current !== last) return;
          current = undefined;
          starts = 0;
          process.close();
        })
        .catch(() => undefined);
    },
  };
}
