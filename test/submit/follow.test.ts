import { expect, test } from 'vitest';
import type { KubeObject } from '../../src/k8s/object.ts';
import { ofSubmission } from '../../src/submit/cancel.ts';
import { exitCodeOf, type FollowEvent, follow, hasEnded, unended } from '../../src/submit/follow.ts';
import { labelsOf, resultName } from '../../src/submit/names.ts';
import { KEYS, type Summary } from '../../src/submit/result.ts';
import { readSubmissions } from '../../src/submit/state.ts';
import { failing, fakeApi } from '../support/fake-api.ts';
import { fakeClock } from '../support/fake-clock.ts';
import { id, job, kinds, namespace, object, root } from './submitted-objects.ts';

const OVER = {
  conditions: [{ type: 'Failed', status: 'True', reason: 'FailedIndexes', message: 'Job has failed indexes' }],
};
const pod = (index: number, status: object): KubeObject => {
  const made = object('v1', 'Pod', `p-${index}`, { status });
  const annotations = { 'batch.kubernetes.io/job-completion-index': `${index}` };
  return { ...made, metadata: { ...made.metadata, annotations } };
};

function result(index: number, summary: Partial<Summary>, numbers: number[] = []): KubeObject {
  const whole = { v: 1, state: 'running', pod: '', startedAt: '', updatedAt: '', runs: [], missing: [], ...summary };
  const events = numbers.map(n => JSON.stringify({ n, line: `line ${n}`, event: 'note' })).join('\n');
  const made = object('v1', 'ConfigMap', resultName(id, index), {
    data: { [KEYS.summary]: JSON.stringify(whole), [KEYS.events]: events },
  });
  return { ...made, metadata: { ...made.metadata, labels: { ...labelsOf(id), 'submit.mayday/index': `${index}` } } };
}

/** What is reported while the cluster changes as these steps say, a few seconds apart. */
async function followed(objects: KubeObject[], steps: ((api: ReturnType<typeof fakeApi>) => void)[]) {
  const api = fakeApi(objects, { kinds });
  const clock = fakeClock();
  for (const [index, step] of steps.entries()) clock.after(3_000 * (index + 1), () => step(api));
  const event: FollowEvent[] = [];
  const signal = new AbortController().signal;
  const state = await follow(api, { id, namespace, clock, emit: one => void event.push(one), signal });
  const words = event.map(one => (one.is === 'event' ? `[${one.index}] ${one.event.line}` : `-- ${one.says}`));
  return { state, words, api };
}

const ref = (one: KubeObject) => ({ apiVersion: one.apiVersion, kind: one.kind, namespace, name: one.metadata.name });
const put = (one: KubeObject) => (api: ReturnType<typeof fakeApi>) => {
  api.forget(ref(one));
  api.put(one);
};

test('each line is reported once, and what was not kept is counted', async () => {
  const { words, state } = await followed(
    [root, job(), result(0, {}, [1, 2])],
    [
      put(result(0, {}, [2, 3])),
      put(result(0, {}, [7, 8])),
      api => {
        put(result(0, { state: 'done', exitCode: 3 }, [8, 9]))(api);
        put(job(OVER))(api);
      },
    ],
  );
  expect(words).toEqual([
    '[0] line 1',
    '[0] line 2',
    '[0] line 3',
    '-- 3 earlier lines were not kept',
    '[0] line 7',
    '[0] line 8',
    '[0] line 9',
  ]);
  expect(state && exitCodeOf(state)).toBe(3);
});

test('a server that does not answer for a while is said once, and ends nothing', async () => {
  const api = fakeApi([root, job(), result(0, { state: 'done', exitCode: 0 })], { kinds });
  api.script({ on: ({ kind }) => kind === 'ConfigMap', times: 3, answer: failing('unreachable', 'no route') });
  const clock = fakeClock();
  clock.after(6_000, () => put(job(OVER))(api));
  const event: FollowEvent[] = [];
  const signal = new AbortController().signal;
  const state = await follow(api, { id, namespace, clock, emit: one => void event.push(one), signal });
  expect(event).toEqual([{ is: 'state', says: 'cannot be read: no route; asked again' }]);
  expect(state?.ended).toMatchObject({ ok: false });
});

test('a Job without a pod is not waited for in silence', async () => {
  const { words } = await followed(
    [root, job(), result(0, {})],
    [() => undefined, () => undefined, () => undefined, () => undefined, put(job(OVER))],
  );
  expect(words).toEqual([`-- no pod of it is there; \`kubectl -n chaos describe job mayday-${id}\` says why`]);
});

test('why a pod waits, and how it ended, are reported as they change', async () => {
  const waiting = {
    phase: 'Pending',
    containerStatuses: [{ state: { waiting: { reason: 'ImagePullBackOff', message: 'm' } } }],
  };
  const dead = {
    phase: 'Failed',
    containerStatuses: [{ state: { terminated: { exitCode: 137, reason: 'OOMKilled' } } }],
  };
  const { words, state } = await followed(
    [root, job(), result(0, {}), pod(0, waiting)],
    [
      api => {
        put(pod(0, dead))(api);
        put(job(OVER))(api);
      },
    ],
  );
  expect(words).toEqual([
    '-- pod p-0 Pending: ImagePullBackOff: m',
    '-- pod p-0 Failed: ended with exit code 137 (OOMKilled)',
  ]);
  expect(state && unended(state).map(({ index }) => index)).toEqual([0]);
});

const onLostNode = {
  phase: 'Running',
  conditions: [
    { type: 'Ready', status: 'False' },
    { type: 'ContainersReady', status: 'True' },
  ],
  containerStatuses: [{ ready: true, state: { running: { startedAt: '2026-11-28T21:53:49Z' } } }],
};

test.each([
  ['which nobody has deleted yet', {}],
  ['which the control plane deletes', { deletionTimestamp: '2026-11-28T21:58:00Z' }],
])('a pod whose node does not answer, %s, is not said to revert: that is not known', async (_, metadata) => {
  const running = { phase: 'Running', containerStatuses: [{ ready: true, state: { running: {} } }] };
  const lost = pod(0, onLostNode);
  const { words } = await followed(
    [root, job(), result(0, {}), pod(0, running)],
    [put({ ...lost, metadata: { ...lost.metadata, ...metadata } }), put(job(OVER)), put(pod(0, { phase: 'Failed' }))],
  );
  expect(words).toEqual([
    '-- pod p-0 Running',
    '-- pod p-0 Running: its node does not answer: whether it still runs, and reverts, is not known; `mayday revert --all` reverts what it left',
    '-- pod p-0 Failed',
  ]);
});

test('a pod that stops is said to revert first, and not long after its time', async () => {
  const stopping = (deletionTimestamp: string): KubeObject => {
    const made = pod(0, { phase: 'Running', containerStatuses: [{ ready: true, state: { running: {} } }] });
    return { ...made, metadata: { ...made.metadata, deletionTimestamp } };
  };
  const api = fakeApi([root, job(), result(0, {}), stopping('2999-01-01T00:00:00Z')], { kinds });
  const podNow = async () => {
    const read = await readSubmissions(api, { id, namespace });
    return read.ok ? read.value[0]?.pods[0] : undefined;
  };
  expect(await podNow()).toMatchObject({ says: 'is stopping: it reverts first' });
  put(stopping('1999-01-01T00:00:00Z'))(api);
  expect(await podNow()).toMatchObject({ isLost: true, says: expect.stringContaining('its node does not answer') });
});

test('a Job that somebody deletes is said to be gone, and followed until its pod has ended', async () => {
  const stopping = pod(0, { phase: 'Running', containerStatuses: [{ ready: true, state: { running: {} } }] });
  stopping.metadata = { ...stopping.metadata, deletionTimestamp: '2999-01-01T00:00:00Z' };
  const { words, state } = await followed(
    [root, job(), result(0, {}), pod(0, { phase: 'Running' })],
    [
      api => {
        api.forget(ref(job()));
        put(stopping)(api);
      },
      put(result(0, { state: 'done', exitCode: 6 })),
      api => api.forget(ref(stopping)),
    ],
  );
  expect(words).toEqual([
    '-- pod p-0 Running',
    '-- pod p-0 Running: is stopping: it reverts first',
    '-- its Job is gone: somebody deleted it, or the time that it is kept is over',
  ]);
  expect(state && exitCodeOf(state)).toBe(6);
});

test('a Job that is gone has ended only where it could be read that it is', async () => {
  const api = fakeApi([root, result(0, { state: 'done', exitCode: 0 })], { kinds });
  const state = async () => {
    const read = await readSubmissions(api, { id, namespace });
    if (!read.ok || read.value[0] === undefined) throw new Error('expected the submission');
    return read.value[0];
  };
  expect(hasEnded(await state())).toBe(true);
  api.script({ on: ({ kind }) => kind === 'Job', times: 1, answer: failing('forbidden', 'no') });
  const blind = await state();
  expect([hasEnded(blind), blind.blind]).toEqual([false, ['jobs: no']]);
});

test('what a scan shows belongs to a submission by the runs that its results name, and by no likeness', async () => {
  const { state } = await followed([root, job(OVER), result(0, { runs: [{ experiment: 'drift', run: 'r1' }] })], []);
  if (state === undefined) throw new Error('expected the submission');
  const found = (run: string, more: object = {}) => ({
    run,
    tool: 'mayday',
    state: 'injected',
    experiment: 'drift',
    ...more,
  });
  const injections = [found('r1'), found('r2'), found('r1', { state: 'foreign' })];
  expect(ofSubmission({ injections } as never, state)).toEqual([injections[0]]);
});
