import { describe, expect } from 'vitest';
import { faultOf } from '../../../src/faults/registry.ts';
import { systemClock } from '../../../src/host/clock.ts';
import type { Api } from '../../../src/kube/client/api.ts';
import { connect } from '../../../src/kube/connection/connection.ts';
import { revertAll } from '../../../src/revert/revert-all.ts';
import { scan } from '../../../src/revert/scan/scan.ts';
import { memoryJournal } from '../../support/memory-journal.ts';
import type { Provider } from '../providers/provider.ts';
import { killedRun } from './emergency.ts';
import { drift, type FaultSpec, settings, type Thing, web } from './objects.ts';
import { onStage, type Stage } from './stage.ts';

interface Case {
  readonly faultSpec: (stage: Stage) => FaultSpec;
  /** What the team applies next: another value in the place of the one that was put back. */
  readonly next: () => Thing;
  readonly value: (object: Thing) => unknown;
}

const token = (value: string): Thing => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name: 'token' },
  data: { token: Buffer.from(value).toString('base64') },
});

const CASES: readonly Case[] = [
  {
    faultSpec: () => drift,
    next: () => ({ ...settings(), data: { mode: 'next', other: 'kept' } }),
    value: ({ data }) => data.mode,
  },
  {
    faultSpec: () => ({ type: 'ImageCorrupt', danger: 'high', parameters: { name: 'web' } }),
    next: () => web('registry.k8s.io/pause:3.9'),
    value: ({ spec }) => spec.template.spec.containers[0].image,
  },
  {
    faultSpec: ({ namespace }) => ({
      type: 'SecretDeletion',
      danger: 'high',
      parameters: { name: 'token', namespace },
    }),
    next: () => token('next'),
    value: ({ data }) => data.token,
  },
];

/** A revert that dies after each of its writes, and the next one, which must leave the team the owner of its fields. */
export function diedRevertingJourneys(given: () => Provider): void {
  const test = onStage(given);

  describe.each([1, 2, 3])('a revert that died after its write number %i', writes => {
    test.for(CASES.map(one => [one.next().kind, one] as const))(
      'leaves nothing of a %s to the next one that it does not finish: the team may apply again',
      async ([, one], { stage }) => {
        await stage.set();
        await stage.apply(token('live'));
        await killedRun(stage, one.faultSpec(stage));
        await revertAndDie(stage, writes);
        expect(await stage.revertAll('--trust-records')).toMatchObject({ code: 0, remaining: 0 });
        await stage.mayday(['latch', 'off']);
        const next = one.next();
        // Without --force-conflicts: refused where any of its fields is still ours.
        await stage.apply(next);
        expect(one.value(await stage.read(next.kind, next.metadata.name))).toBe(one.value(next));
      },
    );
  });
}

async function revertAndDie(stage: Stage, writes: number): Promise<void> {
  const connected = await connect({ kubeconfig: stage.provider.kubeconfig, clock: systemClock });
  if (!connected.ok) throw new Error(connected.message);
  let dead: () => void = () => undefined;
  const died = new Promise<void>(resolve => {
    dead = resolve;
  });
  const deps = { api: dying(connected.value, writes, dead), clock: systemClock, journal: memoryJournal(), faultOf };
  const where = { deep: true, namespace: stage.namespace };
  const { injections } = await scan(deps, where);
  await Promise.race([revertAll(deps, injections, { rescan: where, trust: { everything: 'caller' } }), died]);
  await connected.value.close();
}

/** The connection of a process that is gone after so many writes: no answer to the last one and to nothing after it. */
function dying(api: Api, writes: number, dead: () => void): Api {
  let left = writes;
  const never = new Promise<never>(() => undefined);
  const read =
    <A extends unknown[], R>(call: (...args: A) => Promise<R>) =>
    (...args: A): Promise<R> =>
      left > 0 ? call(...args) : never;
  const write =
    <A extends unknown[], R>(call: (...args: A) => Promise<R>) =>
    async (...args: A): Promise<R> => {
      if (left <= 0) return never;
      const answer = await call(...args);
      left -= 1;
      if (left > 0) return answer;
      dead();
      return never;
    };
  return {
    ...api,
    get requests() {
      return api.requests;
    },
    get: read((ref, options) => api.get(ref, options)),
    create: write((object, options) => api.create(object, options)),
    replace: write((object, options) => api.replace(object, options)),
    patch: write((ref, type, body, options) => api.patch(ref, type, body, options)),
    remove: write((ref, options) => api.remove(ref, options)),
  };
}
