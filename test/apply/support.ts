import type { ApplyEvent } from '../../src/apply/event.ts';
import { type FollowOptions, follow } from '../../src/apply/follow.ts';
import type { KubeObject, ObjectRef } from '../../src/k8s/object.ts';
import type { ApiResource } from '../../src/kube/discovery/discovery.ts';
import { fakeApi } from '../support/fake-api.ts';
import { type FakeClock, fakeClock } from '../support/fake-clock.ts';

export const CLEANUP = 'chaos.operatorchaos.io/cleanup';

export const KIND: ApiResource = {
  group: 'chaos.operatorchaos.io',
  version: 'v1alpha1',
  apiVersion: 'chaos.operatorchaos.io/v1alpha1',
  kind: 'ChaosExperiment',
  resource: 'chaosexperiments',
  singular: 'chaosexperiment',
  namespaced: true,
  verbs: ['get', 'list', 'watch', 'create', 'patch', 'delete'],
  shortNames: [],
  subresources: ['status'],
};

export const REF: ObjectRef = {
  apiVersion: KIND.apiVersion,
  kind: 'ChaosExperiment',
  namespace: 'shop',
  name: 'drift',
};

/** An experiment as its controller left it, with a TTL of 5 minutes and a minute to recover. */
export const experiment = (status?: object, metadata: object = {}): KubeObject => ({
  apiVersion: KIND.apiVersion,
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
  const api = fakeApi([experiment(given.status)], { kinds: [KIND], now: clock.now });
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
      tell: happening => event.push(happening),
      signal: leave.signal,
      ...given.options,
    });
  return { api, clock, event, leave, status, ended, iso: (ms: number) => new Date(clock.now() + ms).toISOString() };
}
