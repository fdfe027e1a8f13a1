import { describe, expect, test } from 'vitest';
import { ROLLBACK_DATA } from '../../src/injection/record/markers.ts';
import { exitCode } from '../../src/run/verdict/result.ts';
import { wrote } from '../support/objects.ts';
import {
  config,
  configRef,
  corrupt,
  deployment,
  deploymentRef,
  drift,
  experiment,
  lab,
  pod,
  setAvailable,
} from './support/lab.ts';

const podRef = (name: string) => ({ apiVersion: 'v1', kind: 'Pod', namespace: 'shop', name });

describe('a killed pod', () => {
  test('that is replaced makes the run Resilient, says who did it and after how long', async () => {
    const it = lab();
    it.api.react(({ verb, kind }) => {
      if (verb !== 'delete' || kind !== 'Pod') return;
      setAvailable(it.api, false);
      it.clock.after(7_000, () => {
        it.api.put(pod('web-b'));
        setAvailable(it.api, true);
      });
    });
    const result = await it.run(experiment());
    expect(result.reasons.join('; ')).toContain('healed by itself');
    expect(result).toMatchObject({
      verdict: 'Resilient',
      phase: 'Complete',
      selfHealed: true,
      restoredBy: 'kube-controller-manager',
      residue: 0,
    });
    expect(result.timings.recoveryMs).toBeGreaterThanOrEqual(7_000);
    expect(result.timings.recoveryMs).toBeLessThanOrEqual(8_100);
    expect(result.compat.verdict).toBe('Resilient');
    expect(it.of('phase').map(event => event.phase)).toEqual([
      'Pending',
      'SteadyStatePre',
      'Injecting',
      'Observing',
      'Reverting',
      'SteadyStatePost',
      'Evaluating',
      'Complete',
    ]);
    const flips = it.of('check').filter(event => event.check.name === 'Deployment shop/web Available');
    expect(flips.map(event => event.check.state)).toEqual(['fail', 'pass']);
    expect(exitCode(result)).toBe(0);
  });

  test('that never comes back makes it Failed, with the failing check, expected and actual', async () => {
    const it = lab();
    it.api.react(({ verb }) => {
      if (verb === 'delete') setAvailable(it.api, false);
    });
    const result = await it.run(experiment({ recoveryTimeoutMs: 20_000 }));
    expect(result.verdict).toBe('Failed');
    expect(result.reasons).toContain(
      'failing: Deployment shop/web Available: expected Available=True, found Available=False (MinimumReplicasUnavailable)',
    );
    expect(exitCode(result)).toBe(4);
  });

  test('that comes back too late makes it Degraded', async () => {
    const it = lab();
    it.api.react(({ verb }) => {
      if (verb !== 'delete') return;
      setAvailable(it.api, false);
      it.clock.after(27_000, () => {
        it.api.put(pod('web-b'));
        setAvailable(it.api, true);
      });
    });
    const result = await it.run(experiment({ recoveryTimeoutMs: 20_000 }));
    expect(result).toMatchObject({ verdict: 'Degraded', selfHealed: true });
    expect(result.reasons[0]).toContain('late');
    expect(exitCode(result)).toBe(3);
  });
});

describe('a drifted ConfigMap', () => {
  test('that nobody heals is put back by us: Degraded, although the framework would be content', async () => {
    const it = lab();
    const result = await it.run(drift({ recoveryTimeoutMs: 20_000 }));
    expect(result).toMatchObject({
      verdict: 'Degraded',
      selfHealed: false,
      restoredBy: 'mayday',
      residue: 0,
      compat: { verdict: 'Resilient' },
    });
    expect(result.reasons[0]).toContain('nobody healed it');
    expect(result.compat.why).toContain('not by whether anybody undid the fault');
    expect(it.api.peek(configRef)?.data).toEqual(config().data);
    expect(it.api.peek(configRef)?.metadata).not.toHaveProperty('annotations');
    expect(result.receipts).toMatchObject([{ outcome: 'reverted', verified: true }]);
  });

  test('that an operator heals is Resilient and tells the operator; only the marks are left to us', async () => {
    const it = lab();
    it.clock.after(3_000, () =>
      it.api.change(configRef, object => {
        object.data = { ...(object.data as object), mode: 'live' };
        object.metadata.managedFields = [
          {
            manager: 'shop-operator',
            operation: 'Update',
            time: '2026-11-21T12:00:03Z',
            fieldsV1: { 'f:data': { 'f:mode': {} } },
          },
        ];
      }),
    );
    const result = await it.run(drift());
    expect(result).toMatchObject({ verdict: 'Resilient', selfHealed: true, restoredBy: 'shop-operator' });
    expect(result.receipts).toMatchObject([{ outcome: 'already-restored', verified: true }]);
    expect(it.api.peek(configRef)?.metadata).not.toHaveProperty('labels');
  });

  test('that somebody sets to a third value is not healed: Degraded, and left to a person', async () => {
    const it = lab();
    it.clock.after(3_000, () =>
      it.api.change(configRef, object => {
        object.data = { ...(object.data as object), mode: 'half' };
      }),
    );
    const result = await it.run(drift({ recoveryTimeoutMs: 20_000 }));
    expect(result).toMatchObject({ verdict: 'Degraded', selfHealed: false, residue: 1 });
    expect(result.reasons[0]).toMatch(/^somebody undid the fault, but not to what was there before: .*settings/);
    const told = it
      .of('note')
      .filter(({ text }) => text.startsWith('the injected value is gone, but the original is not there'));
    expect(told).toHaveLength(1);
    expect(it.api.peek(configRef)?.data).toMatchObject({ mode: 'half' });
    expect(exitCode(result)).toBe(7);
  });

  test('that is put right in two steps is healed when the second is done', async () => {
    const it = lab();
    const set = (mode: string) =>
      it.api.change(configRef, object => {
        object.data = { ...(object.data as object), mode };
      });
    it.clock.after(3_000, () => set('half'));
    it.clock.after(9_000, () => set('live'));
    const result = await it.run(drift());
    expect(result).toMatchObject({ verdict: 'Resilient', selfHealed: true, residue: 0 });
    expect(result.timings.recoveryMs).toBeGreaterThanOrEqual(9_000);
  });

  test('whose undo record cannot be read is not called healed', async () => {
    const it = lab([deployment(), pod('web-a'), config()], {
      notRestored: () => Promise.resolve({ away: [], blind: ['ConfigMap shop/settings: forbidden'] }),
    });
    it.clock.after(3_000, () =>
      it.api.change(configRef, object => {
        object.data = { ...(object.data as object), mode: 'live' };
      }),
    );
    expect(await it.run(drift({ recoveryTimeoutMs: 20_000 }))).toMatchObject({ selfHealed: false });
  });

  test('that is healed before anybody can look was in all the same: Resilient', async () => {
    const it = lab();
    it.api.react(({ verb, kind }) => {
      if (verb !== 'patch' || kind !== 'ConfigMap' || it.api.peek(configRef)?.metadata.annotations === undefined)
        return;
      it.api.change(configRef, object => {
        object.data = { ...(object.data as object), mode: 'live' };
      });
    });
    const result = await it.run(drift());
    expect(result).toMatchObject({ verdict: 'Resilient', selfHealed: true, residue: 0 });
  });

  test('is reverted at its TTL, also when the recovery time is longer', async () => {
    const it = lab();
    const result = await it.run(drift({ ttlMs: 5_000, recoveryTimeoutMs: 60_000 }));
    const [deadline] = it.of('deadline');
    expect(deadline).toMatchObject({ clock: 'ttl' });
    expect(deadline?.afterMs).toBeLessThan(5_200);
    expect(result.timings.revertedAt).toBeLessThan((result.timings.injectedAt ?? 0) + 5_500);
    expect(result.verdict).toBe('Degraded');
  });

  test('whose record was stripped while its value stayed is put back by the record in memory', async () => {
    const it = lab();
    it.clock.after(3_000, () =>
      it.api.change(configRef, object => {
        delete object.metadata.annotations;
        delete object.metadata.labels;
      }),
    );
    const before = it.api.peek(configRef)?.data;
    const result = await it.run(drift({ recoveryTimeoutMs: 20_000 }));
    expect(result.residue).toBe(0);
    expect(it.api.peek(configRef)?.data).toEqual(before);
    expect(it.api.peek(configRef)?.metadata.annotations).toBeUndefined();
  });

  test('that is put back and written over while the system comes back: residue, and its record is on it again', async () => {
    const it = lab();
    const before = config().data;
    const isRestored = () => JSON.stringify(it.api.peek(configRef)?.data) === JSON.stringify(before);
    it.api.react(({ verb, kind }) => {
      if (verb !== 'patch' || kind !== 'ConfigMap' || !isRestored()) return;
      it.clock.after(500, () =>
        it.api.change(configRef, object => {
          object.data = { mode: 'canary' };
          object.metadata.managedFields = [wrote('shop-operator', { 'f:data': { 'f:mode': {} } })];
        }),
      );
    });
    const result = await it.run(drift());
    expect(result.receipts).toMatchObject([{ outcome: 'failed', verified: false }]);
    expect(result.receipts[0]?.message).toContain('now canary');
    expect(result.residue).toBe(1);
    expect(exitCode(result)).toBe(7);
    expect(it.api.peek(configRef)?.metadata.annotations?.[ROLLBACK_DATA]).toBeDefined();
  });

  test('that somebody changed to a third value is not overwritten: residue', async () => {
    const it = lab();
    it.clock.after(3_000, () =>
      it.api.change(configRef, object => {
        object.data = { mode: 'canary' };
      }),
    );
    const result = await it.run(drift());
    expect(result.receipts).toMatchObject([{ outcome: 'diverged', verified: false }]);
    expect(result.residue).toBe(1);
    expect(it.api.peek(configRef)?.data).toEqual({ mode: 'canary' });
    expect(exitCode(result)).toBe(7);
  });
});

describe('a corrupt image', () => {
  const stuck = (it: ReturnType<typeof lab>) => {
    let generation = 1;
    it.api.react(({ verb, kind }, object) => {
      if (verb !== 'patch' || kind !== 'Deployment') return;
      generation += 1;
      const bad = JSON.stringify(object.spec).includes('registry.invalid');
      it.api.change(deploymentRef, live => {
        live.metadata.generation = generation;
        live.status = {
          ...(live.status as object),
          observedGeneration: generation,
          updatedReplicas: bad ? 1 : 1,
          replicas: bad ? 2 : 1,
        };
      });
      if (!bad) {
        it.api.forget(podRef('web-bad'));
        return;
      }
      const failing = pod('web-bad', false);
      failing.spec = { containers: [{ name: 'web', image: 'registry.invalid/nonexistent:chaos' }] };
      failing.status = {
        phase: 'Pending',
        containerStatuses: [
          {
            name: 'web',
            image: 'registry.invalid/nonexistent:chaos',
            state: { waiting: { reason: 'ImagePullBackOff' } },
          },
        ],
      };
      it.api.put(failing);
    });
  };

  test('that the old pod survives is Resilient after a clean rollout', async () => {
    const it = lab();
    stuck(it);
    const result = await it.run(corrupt({ ttlMs: 300_000 }));
    expect(result.reasons[0]).toContain('survived the fault');
    expect(result).toMatchObject({ verdict: 'Resilient', residue: 0, restoredBy: 'mayday' });
    expect(
      it
        .of('note')
        .map(note => note.text)
        .join(),
    ).toContain('counts as survived');
    expect(it.api.peek(deploymentRef)?.spec).toEqual(deployment().spec);
  });

  test('that takes the service down is Degraded once it is reverted', async () => {
    const it = lab();
    stuck(it);
    it.clock.after(100, () => setAvailable(it.api, false));
    it.api.react(({ verb, kind }, object) => {
      if (verb === 'patch' && kind === 'Deployment' && JSON.stringify(object.spec).includes('shop/web:1'))
        setAvailable(it.api, true);
    });
    const result = await it.run(corrupt({ recoveryTimeoutMs: 20_000 }));
    expect(result.verdict).toBe('Degraded');
    expect(result.compat.verdict).toBe('Failed');
    expect(result.reasons[0]).toContain('did not stay steady under the fault');
  });
});

describe('nothing is injected', () => {
  test('when the baseline is not steady', async () => {
    const it = lab();
    setAvailable(it.api, false);
    const result = await it.run(experiment());
    expect(result).toMatchObject({ verdict: 'Inconclusive', phase: 'Aborted' });
    expect(it.journal.records).toEqual([]);
    expect(exitCode(result)).toBe(5);
  });

  test('when a check cannot be read, which is not a failure of the system', async () => {
    const it = lab();
    it.api.script({
      on: ({ verb, kind }) => verb === 'get' && kind === 'Deployment',
      answer: { ok: false, reason: 'forbidden', status: 403, message: 'no' as never },
    });
    const result = await it.run(experiment());
    expect(result.verdict).toBe('Inconclusive');
    expect(result.reasons[0]).toContain('could not be read');
  });

  test('when a gate says no', async () => {
    const it = lab(undefined, {
      gates: () => Promise.resolve([{ gate: 'latch', ok: false, reason: 'latched by bob' }]),
    });
    const result = await it.run(drift());
    expect(result.reasons[0]).toContain('latch: latched by bob');
    expect(it.api.peek(configRef)?.data).toEqual(config().data);
  });

  test('when no pod matches', async () => {
    const it = lab();
    const result = await it.run(experiment({ parameters: { labelSelector: 'app=none' } }));
    expect(result.refusal?.code).toBe('no-match');
    expect(exitCode(result)).toBe(5);
  });

  test('on a dry run, which succeeds', async () => {
    const it = lab();
    const result = await it.run(drift({ dryRun: true }));
    expect(it.journal.records).toEqual([]);
    expect(exitCode(result)).toBe(0);
  });
});

describe('an interrupted run', () => {
  test.each(['baseline', 'injected', 'effect', 'check'] as const)(
    'after %s reverts what was written and ends 6',
    async when => {
      const it = lab();
      const stop = new AbortController();
      it.clock.after(4_000, () => it.api.peek(deploymentRef) && setAvailable(it.api, false));
      const result = await it.run(drift(), {
        signal: stop.signal,
        emit: event => {
          it.events.push(event);
          if (event.event === when) stop.abort();
        },
      });
      expect(result).toMatchObject({ verdict: 'Inconclusive', phase: 'Aborted', residue: 0 });
      expect(result.reasons[0]).toContain('interrupted');
      expect(it.api.peek(configRef)?.data).toEqual(config().data);
      expect(exitCode(result)).toBe(6);
    },
  );

  test('ends 7 when something remains', async () => {
    const it = lab();
    const stop = new AbortController();
    const result = await it.run(drift(), {
      signal: stop.signal,
      emit: event => {
        it.events.push(event);
        if (event.event !== 'effect' || stop.signal.aborted) return;
        it.api.script({
          on: ({ verb }) => verb === 'patch',
          times: 10_000,
          answer: { ok: false, reason: 'forbidden', status: 403, message: 'blocked' as never },
        });
        stop.abort();
      },
    });
    expect(result.residue).toBe(1);
    expect(exitCode(result)).toBe(7);
    expect(it.api.peek(configRef)?.data).toMatchObject({ mode: 'chaos' });
  });

  test('whose time is up says so', async () => {
    const it = lab();
    const result = await it.run(drift(), { timeoutMs: 8_000 });
    expect(result.reasons[0]).toContain('--timeout');
    expect(it.api.peek(configRef)?.data).toEqual(config().data);
  });
});
