import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { RunEvent } from '../../src/run/event.ts';
import { exitCode } from '../../src/run/verdict/result.ts';
import { config, configRef, corrupt, deployment, deploymentRef, drift, lab } from './support/lab.ts';

const WHEN = fc.integer({ min: 0, max: 60_000 });

test('stopping at any moment reverts the fault, proves it, and never calls the run a success or a failure it did not see', async () => {
  let stopped = 0;
  await fc.assert(
    fc.asyncProperty(WHEN, fc.constantFrom(drift, corrupt), async (ms, make) => {
      const it = lab();
      const stop = new AbortController();
      it.clock.after(ms, () => stop.abort());
      const result = await it.run(make({ recoveryTimeoutMs: 20_000 }), { signal: stop.signal });
      expect(it.api.peek(configRef)?.data).toEqual(config().data);
      expect(it.api.peek(deploymentRef)?.spec).toEqual(deployment().spec);
      expect(result.residue).toBe(0);
      if (result.interrupted !== undefined) {
        stopped += 1;
        expect(result.verdict).toBe('Inconclusive');
        expect(exitCode(result)).toBe(6);
      }
      const names = it.events.map(event => event.event);
      expect(names.at(-1)).toBe('verdict');
      // Reverted, then judged: never the other way round.
      if (names.includes('injected')) expect(names.indexOf('reverted')).toBeGreaterThan(names.indexOf('injected'));
    }),
    { numRuns: 60 },
  );
  expect(stopped).toBeGreaterThan(5);
});

test('asking again while reverting says what is not back yet, and reverting goes on', async () => {
  const it = lab();
  const stop = new AbortController();
  const stopWaiting = new AbortController();
  it.api.script({
    on: ({ verb }) => verb === 'patch' && stop.signal.aborted,
    times: 6,
    answer: { ok: false, reason: 'forbidden', status: 403, message: 'blocked' as never },
  });
  const result = await it.run(drift(), {
    signal: stop.signal,
    stopWaiting: stopWaiting.signal,
    emit: (event: RunEvent) => {
      it.events.push(event);
      if (event.event === 'effect') stop.abort();
      if (event.event === 'phase' && event.phase === 'Reverting') it.clock.after(100, () => stopWaiting.abort());
    },
  });
  expect(it.of('note').map(note => note.text)).toContain(
    'still reverting, not yet proven restored: ConfigMap shop/settings',
  );
  expect(result).toMatchObject({ residue: 0, verdict: 'Inconclusive' });
  expect(it.api.peek(configRef)?.data).toEqual(config().data);
});

test('a watcher that throws does not keep a fault in', async () => {
  const it = lab();
  const result = await it.run(drift({ recoveryTimeoutMs: 5_000 }), {
    emit: () => {
      throw new Error('the screen is gone');
    },
  });
  expect(result).toMatchObject({ verdict: 'Degraded', residue: 0 });
});
