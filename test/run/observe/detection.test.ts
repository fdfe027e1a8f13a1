import { describe, expect, test } from 'vitest';
import type { KubeObject } from '../../../src/k8s/object.ts';
import type { WatchEvent } from '../../../src/kube/client/api.ts';
import { watchChanges } from '../../../src/run/observe/changes.ts';
import { harmed, newlyUnread, readBystanders, targetsOf } from '../../../src/run/observe/collateral.ts';
import { firstWarning } from '../../../src/run/observe/detection.ts';
import { failing, fakeApi } from '../../support/fake-api.ts';
import { fakeClock } from '../../support/fake-clock.ts';
import { deployment, pod, SHOP, setAvailable } from '../support/lab.ts';

const T0 = Date.parse('2026-11-21T12:00:00Z');

describe("the cluster's own first warning", () => {
  let count = 0;
  const warning = (about: string, second: number, type = 'Warning'): KubeObject => ({
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { name: `e${count++}`, namespace: SHOP },
    type,
    involvedObject: { name: about },
    lastTimestamp: new Date(T0 + second * 1_000).toISOString(),
  });
  const first = (events: KubeObject[]) => firstWarning(fakeApi(events), [SHOP], ['web'], T0);

  test('is the earliest since the injection about the object or what it made', async () => {
    expect(await first([warning('web-7f9c-x', 9), warning('web', 12), warning('web', -30)])).toBe(T0 + 9_000);
  });

  test('is not one about another object, nor a normal event', async () => {
    expect(await first([warning('webhook', 3), warning('web', 3, 'Normal')])).toBeUndefined();
  });

  test('is unknown where events may not be listed', async () => {
    const api = fakeApi([warning('web', 3)]);
    api.script({ on: ({ kind }) => kind === 'Event', answer: failing('forbidden', 'no') });
    expect(await firstWarning(api, [SHOP], ['web'], T0)).toBeUndefined();
  });
});

describe('bystanders', () => {
  const other = (): KubeObject => ({ ...deployment(), metadata: { name: 'other', namespace: SHOP, generation: 1 } });
  const look = (api: ReturnType<typeof fakeApi>) =>
    readBystanders(api, { namespaces: [SHOP], isTarget: targetsOf([], [pod('web-a')]), dependants: [] });

  test('that served before and do not now were harmed; the target is none', async () => {
    const api = fakeApi([
      deployment(),
      { ...other(), spec: { ...(other().spec as object), selector: { matchLabels: { app: 'other' } } } },
    ]);
    const before = await look(api);
    setAvailable(api, false);
    expect(harmed(before, await look(api))).toEqual([]);
    api.change({ apiVersion: 'apps/v1', kind: 'Deployment', namespace: SHOP, name: 'other' }, object => {
      object.status = { ...(object.status as object), readyReplicas: 0 };
    });
    expect(harmed(before, await look(api))).toEqual(['Deployment shop/other']);
    api.script({ on: ({ verb }) => verb === 'list', answer: failing('forbidden', 'no') });
    expect(harmed(before, await look(api))).toEqual([]);
    // Nobody is wanted, so that nobody is missing; and nobody is served.
    api.change({ apiVersion: 'apps/v1', kind: 'Deployment', namespace: SHOP, name: 'other' }, object => {
      object.spec = { ...(object.spec as object), replicas: 0 };
    });
    expect(harmed(before, await look(api))).toEqual(['Deployment shop/other']);
  });
});

describe('what depends on the target', () => {
  const ref = { apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'far', name: 'gateway' };
  const gateway = (): KubeObject => ({
    ...deployment(),
    metadata: { name: 'gateway', namespace: 'far', generation: 1 },
  });
  const dependants = [{ operator: 'gateway', component: 'gateway', deployments: [ref] }];
  const look = (api: ReturnType<typeof fakeApi>) =>
    readBystanders(api, { namespaces: [SHOP], isTarget: targetsOf([], []), dependants });

  test('is watched in its own namespace', async () => {
    const api = fakeApi([gateway()]);
    const before = await look(api);
    expect(harmed(before, await look(api))).toEqual([]);
    api.change(ref, object => {
      object.status = { ...(object.status as object), readyReplicas: 0 };
    });
    expect(harmed(before, await look(api))).toEqual(['Deployment far/gateway']);
  });

  test('was not there to be harmed, or could not be read: then nothing is claimed', async () => {
    const api = fakeApi([]);
    const before = await look(api);
    expect(before).toEqual({ serving: new Map(), unread: [] });
    api.script({ on: ({ verb }) => verb === 'get', answer: failing('forbidden', 'no') });
    const now = await look(api);
    expect(harmed(before, now)).toEqual([]);
    expect(newlyUnread(before, now)).toEqual([
      expect.stringMatching(/not assessed for Deployment far\/gateway, which depends on the target: forbidden/),
    ]);
  });

  test('is blind only where one of them cannot be read: the others are watched on', async () => {
    const other = { ...ref, namespace: 'near' };
    const both = [{ operator: 'gateway', component: 'gateway', deployments: [ref, other] }];
    const api = fakeApi([gateway(), { ...gateway(), metadata: { ...gateway().metadata, namespace: 'near' } }]);
    const lookAtBoth = () => readBystanders(api, { namespaces: [SHOP], isTarget: targetsOf([], []), dependants: both });
    const whole = await lookAtBoth();
    api.script({
      on: ({ verb, namespace }) => verb === 'get' && namespace === 'far',
      times: 2,
      answer: failing('forbidden', 'no'),
    });
    const before = await lookAtBoth();
    api.change(other, object => {
      object.status = { ...(object.status as object), readyReplicas: 0 };
    });
    const now = await lookAtBoth();
    expect(harmed(before, now)).toEqual(['Deployment near/gateway']);
    expect(newlyUnread(before, now)).toEqual([]);
    // What was read before and is not now is neither harmed nor healthy.
    expect(harmed(whole, now)).toEqual(['Deployment near/gateway']);
    expect(newlyUnread(whole, now)).toEqual([expect.stringContaining('far/gateway')]);
  });
});

test('a deployment that chooses the pods in reach by expressions is the target, no bystander', async () => {
  const chosen = (matchExpressions: object[]): KubeObject => ({
    ...deployment(),
    spec: { ...(deployment().spec as object), selector: { matchExpressions } },
  });
  const app = pod('web-a').metadata.labels?.app;
  const isTarget = targetsOf([], [pod('web-a')]);
  expect(isTarget(chosen([{ key: 'app', operator: 'In', values: [app, 'another'] }]))).toBe(true);
  expect(isTarget(chosen([{ key: 'app', operator: 'Exists' }]))).toBe(true);
  expect(isTarget(chosen([{ key: 'app', operator: 'NotIn', values: [app] }]))).toBe(false);
  expect(isTarget(chosen([]))).toBe(false);
});

describe('waiting for a change', () => {
  const source = { collection: { apiVersion: 'apps/v1', kind: 'Deployment', namespace: SHOP }, name: 'web' };

  /** A watch that tells of one change at each of these moments. */
  function stage(moments: number[]) {
    const clock = fakeClock();
    const api = fakeApi([deployment()], { now: clock.now });
    let watches = 0;
    api.watch = async function* (): AsyncIterable<WatchEvent> {
      watches += 1;
      for (const at of moments.splice(0)) {
        await clock.sleep(Math.max(0, at - clock.monotonic()));
        yield { type: 'MODIFIED', object: deployment() };
      }
    };
    return { clock, changes: watchChanges(api, clock, [source]), watches: () => watches };
  }

  test('ends early at a change, and at the latest when time is over', async () => {
    const { clock, changes } = stage([300]);
    await changes.wait(1_000);
    expect(clock.monotonic()).toBe(400);
    await changes.wait(1_000);
    expect(clock.monotonic()).toBe(1_400);
    changes.stop();
  });

  test('takes a burst for one change, and misses none between two waits', async () => {
    const { clock, changes } = stage([300, 310, 320, 600]);
    await changes.wait(1_000);
    expect(clock.monotonic()).toBe(400);
    await clock.sleep(300);
    await changes.wait(1_000);
    expect(clock.monotonic()).toBe(800);
    changes.stop();
  });

  test('starts a watch that ended again, and none once stopped', async () => {
    const { clock, changes, watches } = stage([]);
    await clock.sleep(3_500);
    expect(watches()).toBe(4);
    changes.stop();
    await clock.sleep(5_000);
    expect(watches()).toBe(4);
  });

  test('is given up when the signal aborts', async () => {
    const { changes } = stage([]);
    await expect(changes.wait(1_000, AbortSignal.abort(new Error('stop')))).rejects.toThrow('stop');
    changes.stop();
  });
});
