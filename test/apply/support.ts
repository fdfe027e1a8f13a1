import type { ApplyEvent } from '../../src/apply/event.ts';
import { follow } from '../../src/apply/follow.ts';
import type { FollowOptions } from '../../src/apply/followed-experiment.ts';
import type { KubeObject, ObjectRef } from '../../src/k8s/object.ts';
import { fakeApi } from '../support/fake-api.ts';
import { type FakeClock, fakeClock } from '../support/fake-clock.ts';
import { EXPERIMENTS } from '../support/fake-kinds.ts';

export const CLEANUP = 'chaos.operatorchaos.io/cleanup';

export const REF: ObjectRef = {
  apiVersion: EXPERIMENTS.apiVersion,
  kind: 'ChaosExperiment',
  namespace: 'shop',
  name: 'drift',
};

/** An experiment as its controller left it, with a TTL of 5 minutes and a minute to recover. */
export const experiment = (status?: object, metadata: object = {}): KubeObject => ({
  apiVersion: EXPERIMENTS.apiVersion,
  kind: 'ChaosExperiment',
  metadata: { name: 'drift', namespace: 'shop', uid: 'uid-drift', ...metadata },
  spec: {
    injection: { type: 'ConfigDrift', ttl: '5m', parameters: { name: 'settings', key: 'mode', value: 'chaos' } },
    hypothesis: { description: 'heals', recoveryTimeout: '1m' },
    blastRadius: { allowedNamespaces: ['shop'] },
  },
  ...(status === undefined ? {} : { status }),
});

/** One cluster with an experiment in it, and somebody who follows it. */
export function followed(given: { status?: object; options?: Partial<FollowOptions> } = {}) {
  const clock: FakeClock = fakeClock();
  const api = fakeApi([experiment(given.status)], { kinds: [EXPERIMENTS], now: clock.now });
  const event: ApplyEvent[] = [];
  const leave = new AbortController();
  const status = (members: object) =>
    api.change(REF, object => {
      object.status = { ...(object.status as object | undefined), ...members };
    });
  const ended = () =>
    follow({
      api,
      clock,
      object: { ...REF, uid: 'uid-drift' },
      acceptMs: 30_000,
      emit: happening => event.push(happening),
      signal: leave.signal,
      ...given.options,
    });
  return { api, clock, event, leave, status, ended, iso: (ms: number) => new Date(clock.now() + ms).toISOString() };
}
