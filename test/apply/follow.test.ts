import { describe, expect, test } from 'vitest';
import { failing } from '../support/fake-api.ts';
import { CLEANUP, experiment, followed, REF } from './support.ts';

const events = (event: readonly { event: string }[]) => event.map(({ event }) => event);

describe('an applied experiment', () => {
  test('is followed through its phases to its verdict, each event reported once', async () => {
    const { clock, status, event, ended, iso } = followed();
    clock.after(2_000, () => status({ phase: 'SteadyStatePre' }));
    clock.after(4_000, () => status({ phase: 'Injecting', injectionStartedAt: iso(0) }));
    clock.after(6_000, () =>
      status({ phase: 'Observing', conditions: [{ type: 'FaultInjected', status: 'True', message: 'mode is chaos' }] }),
    );
    clock.after(30_000, () => status({ phase: 'SteadyStatePost' }));
    clock.after(40_000, () => status({ phase: 'Complete', verdict: 'Degraded' }));
    const end = await ended();
    expect(end).toMatchObject({ is: 'over', seen: { phase: 'Complete', verdict: 'Degraded' } });
    expect(events(event)).toEqual(['phase', 'phase', 'begun', 'phase', 'injected', 'phase', 'phase']);
    expect(event).toContainEqual(expect.objectContaining({ event: 'injected', says: 'mode is chaos' }));
  });

  test('runs on both clocks from the time that its status names: its TTL, and the time to observe', async () => {
    const { clock, status, event, ended, iso } = followed();
    const began = clock.now();
    clock.after(1_000, () => status({ phase: 'Observing', injectionStartedAt: iso(-1_000) }));
    clock.after(62_000, () => status({ phase: 'Complete', verdict: 'Resilient' }));
    await ended();
    expect(event).toContainEqual(
      expect.objectContaining({
        event: 'begun',
        injectedAt: began,
        ttlEnd: began + 300_000,
        observesUntil: began + 60_000,
      }),
    );
    expect(event.filter(({ event }) => event === 'deadline')).toMatchObject([{ clock: 'recovery' }]);
  });

  test('whose controller does not revert it in time is OVERDUE, once, and is still followed', async () => {
    const { clock, status, event, ended, iso } = followed({ status: { phase: 'Observing' } });
    status({ injectionStartedAt: iso(0) });
    clock.after(600_000, () => status({ phase: 'Complete', verdict: 'Failed' }));
    expect(await ended()).toMatchObject({ is: 'over' });
    expect(event.filter(({ event }) => event === 'overdue')).toHaveLength(1);
    expect(event.filter(({ event }) => event === 'deadline')).toMatchObject([{ clock: 'recovery' }, { clock: 'ttl' }]);
  });

  test('that no controller takes ends as taken by nobody, after the time given and not before', async () => {
    const { clock, ended } = followed();
    const began = clock.monotonic();
    expect(await ended()).toMatchObject({ is: 'nobody', seen: { writtenPhase: '' } });
    expect(clock.monotonic() - began).toBeGreaterThanOrEqual(30_000);
    expect(clock.monotonic() - began).toBeLessThan(33_000);
  });

  test('that waits for the lock of its operator is taken: its controller’s Event says so', async () => {
    const { api, clock, status, event, ended } = followed();
    clock.after(5_000, () =>
      api.put({
        apiVersion: 'v1',
        kind: 'Event',
        metadata: { name: 'drift.1', namespace: 'shop' },
        involvedObject: { kind: 'ChaosExperiment', name: 'drift', uid: 'uid-drift' },
        reason: 'LockContention',
        message: 'operator shop is locked by other',
      }),
    );
    clock.after(90_000, () => status({ phase: 'Complete', verdict: 'Resilient' }));
    expect(await ended()).toMatchObject({ is: 'over' });
    expect(event.filter(({ event }) => event === 'note')).toEqual([
      { event: 'note', text: 'LockContention: operator shop is locked by other' },
    ]);
  });

  test('that a colleague deletes is reported as deleted, and is gone once its controller lets go', async () => {
    const { api, clock, event, ended, iso } = followed({ status: { phase: 'Observing' } });
    api.change(REF, object => {
      object.metadata.finalizers = [CLEANUP];
      object.status = { phase: 'Observing', injectionStartedAt: iso(0) };
    });
    clock.after(5_000, () => void api.remove(REF));
    clock.after(9_000, () => api.forget(REF));
    expect(await ended()).toMatchObject({ is: 'gone', seen: { isBeingDeleted: true } });
    expect(event.filter(({ event }) => event === 'deleted')).toMatchObject([
      { says: expect.stringContaining('its controller reverts the fault before it removes its finalizer') },
    ]);
  });

  test('that is over is waited for until its controller lets go: an abort is written down before its revert', async () => {
    const { api, clock, ended } = followed({ status: { phase: 'Observing' } });
    const held = (finalizers: string[], phase: string) =>
      api.change(REF, object => {
        object.metadata.finalizers = finalizers;
        object.status = { phase };
      });
    clock.after(3_000, () => held([CLEANUP], 'Aborted'));
    clock.after(7_000, () => held([], 'Aborted'));
    const began = clock.monotonic();
    expect(await ended()).toMatchObject({ is: 'over', seen: { phase: 'Aborted', isHeld: false } });
    expect(clock.monotonic() - began).toBeGreaterThanOrEqual(7_000);
  });

  test('that is over and never let go of ends all the same, and that is reported', async () => {
    const { api, event, ended } = followed({ status: { phase: 'Complete', verdict: 'Failed' } });
    api.change(REF, object => {
      object.metadata.finalizers = [CLEANUP];
    });
    expect(await ended()).toMatchObject({ is: 'over', seen: { verdict: 'Failed', isHeld: true } });
    expect(event).toContainEqual({ event: 'note', text: expect.stringContaining('has not removed its finalizer') });
  });

  test('that came to its verdict and is deleted then keeps its verdict', async () => {
    const { api, clock, ended } = followed({ status: { phase: 'Complete', verdict: 'Degraded' } });
    api.change(REF, object => {
      object.metadata.finalizers = [CLEANUP];
      object.metadata.deletionTimestamp = new Date(clock.now()).toISOString();
    });
    clock.after(2_000, () => api.forget(REF));
    expect(await ended()).toMatchObject({ is: 'over', seen: { verdict: 'Degraded' } });
  });

  test('whose name another one has meanwhile is gone: the other’s verdict is not its', async () => {
    const { api, clock, ended } = followed({ status: { phase: 'Observing' } });
    clock.after(3_000, () => {
      api.forget(REF);
      api.put(experiment({ phase: 'Complete', verdict: 'Resilient' }, { uid: 'uid-other' }));
    });
    expect(await ended()).toMatchObject({ is: 'gone', seen: { phase: 'Observing' } });
  });

  test('that cannot be read for a while is followed again, and never taken for gone', async () => {
    const { api, clock, status, event, ended } = followed({ status: { phase: 'Observing' } });
    api.script({
      on: ({ verb, kind }) => verb === 'get' && kind === 'ChaosExperiment',
      times: 5,
      answer: failing('unreachable', 'no answer'),
    });
    clock.after(20_000, () => status({ phase: 'Complete', verdict: 'Resilient' }));
    expect(await ended()).toMatchObject({ is: 'over' });
    expect(event.filter(({ event }) => event === 'note')).toEqual([
      { event: 'note', text: 'cannot be read: no answer; asked again' },
    ]);
  });

  test('is left where it is by whoever leaves, and ends for a caller whose time is up', async () => {
    const gone = followed({ status: { phase: 'Observing' } });
    gone.clock.after(4_000, () => gone.leave.abort());
    expect(await gone.ended()).toMatchObject({ is: 'left', seen: { phase: 'Observing' } });
    expect(gone.api.log.every(({ verb }) => verb === 'get' || verb === 'list')).toBe(true);

    const late = followed({ status: { phase: 'Observing' }, options: { timeoutMs: 60_000 } });
    expect(await late.ended()).toMatchObject({ is: 'time-up' });
    expect(late.api.log.every(({ verb }) => verb === 'get' || verb === 'list')).toBe(true);
  });
});
