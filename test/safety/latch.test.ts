import { describe, expect, it } from 'vitest';
import { clearLatch, LATCH, readLatch, setLatch } from '../../src/safety/latch.ts';
import { failing, fakeApi } from '../support/fake-api.ts';

const FACTS = { by: 'kim', why: 'incident', at: '2026-11-21T12:00:00Z' };

describe('the latch', () => {
  it('is off until somebody sets it, and then says who and why', async () => {
    const api = fakeApi();
    expect(await readLatch(api)).toEqual({ on: false });
    expect(await setLatch(api, FACTS)).toEqual({ ok: true });
    expect(await readLatch(api)).toEqual({ on: true, facts: FACTS });
    expect(await clearLatch(api)).toEqual({ ok: true });
    expect(await clearLatch(api)).toEqual({ ok: true });
    expect(await readLatch(api)).toEqual({ on: false });
  });

  it('keeps the facts of whoever set it first', async () => {
    const api = fakeApi();
    await setLatch(api, FACTS);
    expect(await setLatch(api, { ...FACTS, by: 'lee' })).toEqual({ ok: true });
    expect(await readLatch(api)).toMatchObject({ facts: { by: 'kim' } });
  });

  it('holds even where it says nothing', async () => {
    const api = fakeApi([
      { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: LATCH.name, namespace: 'default' } },
    ]);
    expect(await readLatch(api)).toMatchObject({ on: true, facts: { by: '' } });
  });

  it('is unknown where it cannot be read, and says so when it cannot be set', async () => {
    const api = fakeApi();
    const denied = failing('forbidden', 'no');
    api.script({ on: () => true, times: 3, answer: denied });
    expect(await readLatch(api)).toEqual({ on: 'unknown', failure: denied });
    expect(await setLatch(api, FACTS)).toEqual(denied);
    expect(await clearLatch(api)).toEqual(denied);
  });
});
