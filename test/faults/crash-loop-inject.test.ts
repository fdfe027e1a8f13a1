import { describe, expect, it } from 'vitest';
import { CRASH_CONTAINER, ORIGINAL_COMMAND_PREFIX } from '../../src/injection/record/markers.ts';
import type { KubeObject } from '../../src/k8s/object.ts';
import { deployment, podOf } from '../support/deployments.ts';
import { type FakeApi, fakeApi } from '../support/fake-api.ts';
import { at, UNFIT, withMeta } from '../support/objects.ts';
import { effectOf, inject, mustPlan, refusal, restoreOf, type Wanted } from '../support/plans.ts';
import { comparable } from '../support/recorded.ts';
import { revertEverything } from '../support/revert.ts';

const CHAOS = ['/chaos-nonexistent-binary'];
const main = { name: 'main', image: 'a/b:1', command: ['/run'], args: ['--x'], newerField: { kept: true } };
const side = { name: 'side', image: 'c/d:2' };
const web = deployment('web', {}, [main, side]);
const crash = (containerName?: string): Wanted => ({
  type: 'CrashLoopInject',
  parameters: { name: 'web', ...(containerName === undefined ? {} : { containerName }) },
});
const WEB = { kind: 'Deployment', name: 'web' };

type Containers = { name: string; command?: string[]; image?: string }[];
const containersIn = (object: KubeObject): Containers =>
  (object.spec as { template: { spec: { containers: Containers } } }).template.spec.containers;
const containersOf = (api: FakeApi) => containersIn(api.peek(at(web)) as KubeObject);
const left = (original: string, command: string[] | undefined = CHAOS) =>
  withMeta(
    deployment('web', {}, [command === undefined ? { ...main, command: undefined } : { ...main, command }, side]),
    {
      annotations: { [CRASH_CONTAINER]: 'main', [`${ORIGINAL_COMMAND_PREFIX}main`]: original },
    },
  );

describe('what is refused', () => {
  it.each(UNFIT)('CL-2: %s', async (_what, meta, why) => {
    expect(await refusal(fakeApi([withMeta(web, meta)]), crash())).toMatch(why);
  });

  it.each<[string, KubeObject, string | undefined, RegExp]>([
    ['a container that is not there', web, 'mian', /^not-found: .*found main, side$/],
    [
      'CL-3: a name too long for the annotation',
      deployment('web', {}, [{ name: 'x'.repeat(47) }]),
      undefined,
      /^invalid: .*46/,
    ],
    [
      'a command that is the chaos one already',
      deployment('web', {}, [{ ...main, command: CHAOS }]),
      undefined,
      /^no-effect: /,
    ],
    ['a paused rollout', deployment('web', { paused: true }), undefined, /^no-effect: .*paused/],
    ['a Deployment at 0', deployment('web', { replicas: 0 }), undefined, /^no-effect: .*scaled to 0/],
  ])('%s', async (_what, object, containerName, why) => {
    expect(await refusal(fakeApi([object]), crash(containerName))).toMatch(why);
  });
});

describe('the plan', () => {
  it('CL-1: says where availability alone will not show the fault', async () => {
    expect((await mustPlan(fakeApi([web]), crash())).warnings[0]).toContain('RollingUpdate keeps the old pods');
    const recreate = deployment('web', { strategy: { type: 'Recreate' } });
    expect((await mustPlan(fakeApi([recreate]), crash())).warnings[0]).toContain('Recreate');
  });

  it('CL-4: changes one field of one container and nothing else', async () => {
    const api = fakeApi([web]);
    await inject(api, crash());
    expect(containersOf(api)).toEqual([{ ...main, command: CHAOS }, side]);
    expect(api.peek(at(web))?.metadata.annotations?.[`${ORIGINAL_COMMAND_PREFIX}main`]).toBe('["/run"]');
  });
});

describe('the effect', () => {
  const containers = [{ name: 'main', command: CHAOS }];
  const waiting = (reason: string) => ({ containerStatuses: [{ name: 'main', state: { waiting: { reason } } }] });

  it('CL-1: is proven by a new pod that crashes, not by the template and not by an old pod', async () => {
    const old = podOf('web', 'old', { status: waiting('CrashLoopBackOff') });
    const api = fakeApi([web, old]);
    const plan = await inject(api, crash());
    expect(await effectOf(api, crash(), plan)).toMatchObject({ state: 'pending' });
    api.put(podOf('web', 'new', { containers, status: waiting('ContainerCreating') }));
    expect(await effectOf(api, crash(), plan)).toMatchObject({ state: 'pending' });
    api.put(podOf('web', 'newer', { containers, status: waiting('RunContainerError') }));
    const effect = await effectOf(api, crash(), plan);
    expect(effect).toMatchObject({ state: 'proven', evidence: [expect.stringContaining('newer')] });
  });

  it('is absent once the command is back', async () => {
    const api = fakeApi([web]);
    const plan = await inject(api, crash());
    api.change(at(web), object => {
      (containersIn(object)[0] as { command?: string[] }).command = ['/run'];
    });
    expect(await effectOf(api, crash(), plan)).toMatchObject({ state: 'absent' });
  });
});

describe('restoring', () => {
  it.each([
    ['a command', 'main'],
    ['the lack of one', 'side'],
  ])('gives back %s', async (_what, container) => {
    const api = fakeApi([web]);
    const before = api.all().map(comparable);
    await inject(api, crash(container));
    expect(await revertEverything(api)).toMatchObject([{ outcome: 'reverted', verified: true }]);
    expect(api.all().map(comparable)).toEqual(before);
  });

  it('CL-4: keeps an image that the operator has rolled out meanwhile, wherever the container stands', async () => {
    const api = fakeApi([web]);
    await inject(api, crash());
    api.change(at(web), object => {
      const containers = containersIn(object);
      Object.assign(containers[0] as object, { image: 'a/b:2' });
      containers.reverse();
    });
    await revertEverything(api);
    expect(containersOf(api)).toEqual([side, { ...main, image: 'a/b:2' }]);
  });

  it('CL-5: asks where the operator has rolled out another command', async () => {
    const api = fakeApi([left('["/run"]', ['/other'])]);
    expect(await restoreOf(api, 'CrashLoopInject', WEB)).toMatchObject({
      is: 'diverged',
      original: '["/run"]',
      live: '["/other"]',
    });
    expect(await revertEverything(api)).toMatchObject([{ outcome: 'diverged' }]);
  });

  it('only strips the marks where the command is back', async () => {
    const api = fakeApi([left('["/run"]', ['/run'])]);
    expect(await revertEverything(api)).toMatchObject([{ outcome: 'already-restored', verified: true }]);
    expect(api.peek(at(web))?.metadata.annotations).toBeUndefined();
  });

  it('CL-2: sees that a second injection has overwritten the record', async () => {
    const restore = await restoreOf(fakeApi([left(JSON.stringify(CHAOS))]), 'CrashLoopInject', WEB);
    expect(restore).toMatchObject({ is: 'corrupt', says: expect.stringContaining('second injection') });
  });

  it.each(['', 'x', '{}', '["a",1]', '"sh"'])('leaves the original %j alone, which is no command', async text => {
    expect(await restoreOf(fakeApi([left(text)]), 'CrashLoopInject', WEB)).toMatchObject({ is: 'corrupt' });
  });

  it('says that the container is gone, drops the record only when forced, and then does not call it put back', async () => {
    const gone = withMeta(deployment('web', {}, [side]), {
      annotations: { [CRASH_CONTAINER]: 'main', [`${ORIGINAL_COMMAND_PREFIX}main`]: 'null' },
    });
    const api = fakeApi([gone]);
    expect(await revertEverything(api)).toMatchObject([{ outcome: 'diverged' }]);
    expect(await revertEverything(api, { force: true })).toMatchObject([
      {
        outcome: 'stripped',
        message: expect.stringContaining('everything is restored except the command of container main'),
      },
    ]);
    expect(api.peek(at(web))?.metadata.annotations).toBeUndefined();
  });

  it('that somebody renamed the container under the fault: failed, forced or not, and the original is told', async () => {
    const api = fakeApi([web]);
    await inject(api, crash('main'));
    api.change(at(web), object => {
      const [first] = containersIn(object);
      if (first !== undefined) first.name = 'renamed';
    });
    for (const force of [false, true])
      expect(await revertEverything(api, { force })).toMatchObject([
        {
          outcome: 'failed',
          verified: false,
          message: expect.stringMatching(/container renamed has the injected.*\/run/),
        },
      ]);
    expect(containersOf(api)[0]).toMatchObject({ name: 'renamed', command: CHAOS });
  });

  it('finds the container by its original alone, as long as there is only one', async () => {
    const object = left('["/run"]');
    delete object.metadata.annotations?.[CRASH_CONTAINER];
    expect(await restoreOf(fakeApi([object]), 'CrashLoopInject', WEB)).toMatchObject({ is: 'restore' });
    const two = withMeta(object, { annotations: { [`${ORIGINAL_COMMAND_PREFIX}side`]: 'null' } });
    expect(await restoreOf(fakeApi([two]), 'CrashLoopInject', WEB)).toMatchObject({ is: 'corrupt' });
  });
});
