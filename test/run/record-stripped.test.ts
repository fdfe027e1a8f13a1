import { expect, test } from 'vitest';
import { createEngine } from '../../src/engine/engine.ts';
import { ROLLBACK_DATA, TYPE_LABEL } from '../../src/injection/record/markers.ts';
import type { KubeObject } from '../../src/k8s/object.ts';
import type { RunEvent } from '../../src/run/event.ts';
import { engineDeps, kubeSystem } from '../support/engine.ts';
import { fakeApi } from '../support/fake-api.ts';
import { fakeClock } from '../support/fake-clock.ts';
import { memoryFiles } from '../support/memory-files.ts';
import { config, configRef, corrupt, deployment, deploymentRef, drift, pod } from './support/lab.ts';

const isMark = (key: string) => key.includes('chaos') || key.includes('mayday');

/** Removes marks from an object that is about to be stored, as a policy against unknown annotations does. */
function stripped({ metadata }: KubeObject, strips: 'annotations' | 'all'): void {
  const maps = strips === 'all' ? [metadata.annotations, metadata.labels] : [metadata.annotations];
  for (const map of maps) for (const key of Object.keys(map ?? {})) if (map && isMark(key)) delete map[key];
}

const EXPERIMENTS = { drift, corrupt };
test.each([
  ['drift', 'annotations'],
  ['drift', 'all'],
  ['corrupt', 'annotations'],
  ['corrupt', 'all'],
] as const)(
  'a policy removes the undo record of a %s from the injecting write (%s): reverted at once, from memory, and verified',
  async (kind, strips) => {
    const clock = fakeClock();
    const api = fakeApi([deployment(), pod('web-a'), config(), kubeSystem], { now: clock.now });
    api.admit((_, object) => stripped(object, strips));
    const events: RunEvent[] = [];
    const engine = createEngine(engineDeps({ api, clock, files: memoryFiles() }));
    const { result } = await engine.run(EXPERIMENTS[kind]({ ttlMs: 300_000 }), {
      emit: event => void events.push(event),
      soakMs: 60_000,
    });
    expect(result).toMatchObject({ verdict: 'Inconclusive', residue: 0 });
    expect(result.reasons.join()).toContain('did not keep the undo record of');
    expect(result.receipts).toMatchObject([{ outcome: 'reverted', verified: true }]);
    expect(events.map(({ event }) => event)).not.toContain('effect');
    expect(api.peek(configRef)?.data).toEqual(config().data);
    expect(api.peek(deploymentRef)?.spec).toEqual(deployment().spec);
    for (const ref of [configRef, deploymentRef]) {
      expect(api.peek(ref)?.metadata.annotations?.[ROLLBACK_DATA]).toBeUndefined();
      expect(api.peek(ref)?.metadata.labels?.[TYPE_LABEL]).toBeUndefined();
    }
  },
);
