import type { End } from './end.ts';
import { createFollowedExperiment, type FollowOptions, PAUSE_MS } from './followed-experiment.ts';

/** Reports what the controller does with a ChaosExperiment, until its end. Only reads; the controller does not depend on it. */
export async function follow(options: FollowOptions): Promise<End> {
  const { api, clock, signal } = options;
  const followed = createFollowedExperiment(options);
  while (!signal.aborted) {
    const got = await api.get(followed.object());
    if (!got.ok && got.reason === 'not-found') return followed.deletedEnd();
    const end = got.ok ? followed.update(got.value) : followed.readFailed(got.message);
    if (end !== undefined) return end;
    const ended = await followed.check();
    if (ended !== undefined) return ended;
    const wait = new AbortController();
    const timer = clock.sleep(got.ok ? followed.msUntilNextCheck() : PAUSE_MS, wait.signal).then(
      () => 'time' as const,
      () => 'time' as const,
    );
    const stop = AbortSignal.any([signal, wait.signal]);
    stop.addEventListener('abort', () => wait.abort(), { once: true });
    const watched = got.ok ? followed.watch(got.value, stop) : timer;
    const first = await Promise.race([watched, timer]);
    wait.abort();
    if (typeof first !== 'string') return first;
    if (first === 'broken') await clock.sleep(PAUSE_MS, signal).catch(() => undefined);
  }
  return { is: 'left', ...followed.last() };
}
