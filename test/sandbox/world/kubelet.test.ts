import { describe, expect, it } from 'vitest';
import type { Container, Pod } from '../../../src/sandbox/controllers/kinds.ts';
import { BEHAVIOUR_ANNOTATION, behaviourOf } from '../../../src/sandbox/kubelet/behaviour.ts';
import { backoff } from '../../../src/sandbox/kubelet/container-lifecycle.ts';
import { startTestWorld, type TestWorld } from './harness.ts';
import { pod } from './make.ts';

async function run(
  w: TestWorld,
  containers: readonly Container[],
  more: Record<string, unknown> = {},
  annotations = {},
): Promise<() => Pod> {
  if (!w.store.get('namespaces', undefined, 'ex'))
    w.store.create('namespaces', {
      metadata: { name: 'ex' },
      spec: { finalizers: ['kubernetes'] },
      status: { phase: 'Active' },
    });
  w.store.create('pods', {
    metadata: { name: 'p', namespace: 'ex', annotations },
    spec: { containers, terminationGracePeriodSeconds: 30, ...more },
  });
  return () => w.store.get<Pod>('pods', 'ex', 'p') as Pod;
}

const said = (w: TestWorld) =>
  w.store
    .list('events', 'ex')
    .sort((a, b) => Number(a.metadata.resourceVersion) - Number(b.metadata.resourceVersion))
    .map(e => `${e.type} ${e.reason} ${e.message}`);

describe('what a container does', () => {
  const of = (container: Partial<Container>, annotations = {}) =>
    behaviourOf(
      { ...pod('p'), metadata: { ...pod('p').metadata, annotations } },
      { name: 'a', image: 'example.com/a:1', ...container },
    );

  it.each([
    ['registry.invalid/nonexistent:chaos', /lookup registry\.invalid on .*: no such host$/],
    ['gcr.io/kubebuilder/kube-rbac-proxy:v0.13.1', /403 Forbidden$/],
    ['docker.io/library/nonexistent:1', /: not found$/],
    ['Not An Image', /couldn't parse image name/],
  ])('cannot pull %s', (image, text) => {
    expect(of({ image }).pullError?.text).toMatch(text);
  });

  it.each(['example.com/a:1', 'quay.io/kserve/kserve-controller:v0.15.2', 'redis', 'localhost:5000/x@sha256:00'])(
    'pulls %s',
    image => {
      expect(of({ image })).toEqual({});
    },
  );

  it('reads the end off the command', () => {
    expect(of({ command: ['/chaos-nonexistent-binary'] }).startError).toMatch(
      /stat \/chaos-nonexistent-binary: no such file or directory$/,
    );
    expect(of({ command: ['sh', '-c', 'sleep 2; exit 3'] }).exit).toEqual({ code: 3, afterMs: 2000, reason: 'Error' });
    expect(of({ command: ['/bin/false'] }).exit?.code).toBe(1);
    expect(of({ command: ['sleep', '1m'] }).exit).toEqual({ code: 0, afterMs: 60_000, reason: 'Completed' });
    expect(of({ command: ['/manager'], args: ['--leader-elect'] })).toEqual({});
  });

  it('does as its annotation says', () => {
    expect(of({}, { [`${BEHAVIOUR_ANNOTATION}a`]: 'not-ready' }).unready).toBeDefined();
    expect(of({}, { [`${BEHAVIOUR_ANNOTATION}other`]: 'crash' })).toEqual({});
  });

  it('backs off 10 s, 20 s, … to five minutes', () => {
    expect([1, 2, 3, 5, 6, 20].map(backoff)).toEqual([10_000, 20_000, 40_000, 160_000, 300_000, 300_000]);
  });
});

describe('a pod', () => {
  it('is scheduled, pulled, started and ready, and says so as the real ones do', async () => {
    const w = startTestWorld();
    const now = await run(w, [{ name: 'a', image: 'example.com/a:1' }]);
    await w.pass(100);
    expect(now().status).toMatchObject({
      phase: 'Pending',
      containerStatuses: [{ state: { waiting: { reason: 'ContainerCreating' } } }],
    });
    await w.pass(4000);
    expect(now().status).toMatchObject({
      phase: 'Running',
      containerStatuses: [{ ready: true, restartCount: 0, started: true }],
    });
    expect(now().status?.podIP).toMatch(/^10\.244\./);
    const [scheduled, pulling, pulled, created, started] = said(w);
    expect(scheduled).toMatch(/^Normal Scheduled Successfully assigned ex\/p to node-[123]$/);
    expect(pulling).toBe('Normal Pulling Pulling image "example.com/a:1"');
    expect(pulled).toMatch(
      /^Normal Pulled Successfully pulled image "example.com\/a:1" in .* including waiting\)\. Image size: \d+ bytes\.$/,
    );
    expect(created).toBe('Normal Created Container created');
    expect(started).toBe('Normal Started Container started');
    expect(w.logs.read('ex', 'p', 'a').length).toBeGreaterThan(0);
  });

  it('with one bad image of two is pending with one running container', async () => {
    const w = startTestWorld();
    const now = await run(w, [
      { name: 'a', image: 'example.com/a:1' },
      { name: 'b', image: 'registry.invalid/nonexistent:chaos' },
    ]);
    await w.pass(8000);
    expect(now().status).toMatchObject({
      phase: 'Pending',
      containerStatuses: [{ ready: true }, { ready: false, state: { waiting: { reason: 'ImagePullBackOff' } } }],
    });
    const ready = now().status?.conditions?.find(c => c.type === 'Ready');
    expect(ready).toMatchObject({
      status: 'False',
      reason: 'ContainersNotReady',
      message: 'containers with unready status: [b]',
    });
    expect(said(w)).toContain('Normal BackOff Back-off pulling image "registry.invalid/nonexistent:chaos"');
    expect(said(w)).toContain('Warning Failed Error: ErrImagePull');
  });

  it('whose command does not exist crash-loops, counting restarts', async () => {
    const w = startTestWorld();
    const now = await run(w, [{ name: 'a', image: 'example.com/a:1', command: ['/chaos-nonexistent-binary'] }]);
    await w.pass(45_000, 500);
    const [status] = now().status?.containerStatuses ?? [];
    expect(status?.state.waiting).toMatchObject({
      reason: 'CrashLoopBackOff',
      message: `back-off 40s restarting failed container=a pod=p_ex(${now().metadata.uid})`,
    });
    expect(status?.lastState.terminated).toMatchObject({ exitCode: 128, reason: 'StartError' });
    expect(status?.restartCount).toBe(3);
  });

  it('that ends well and must not restart has succeeded', async () => {
    const w = startTestWorld();
    const now = await run(w, [{ name: 'a', image: 'example.com/a:1', command: ['sleep', '2'] }], {
      restartPolicy: 'Never',
    });
    await w.pass(8000);
    expect(now().status).toMatchObject({
      phase: 'Succeeded',
      containerStatuses: [{ state: { terminated: { exitCode: 0, reason: 'Completed' } } }],
    });
  });

  it('waits for a Secret it mounts', async () => {
    const w = startTestWorld();
    const now = await run(w, [{ name: 'a', image: 'example.com/a:1' }], {
      volumes: [{ name: 'certs', secret: { secretName: 'tls' } }],
    });
    await w.pass(5000);
    expect(now().status?.phase).toBe('Pending');
    expect(said(w)).toContain(
      'Warning FailedMount MountVolume.SetUp failed for volume "certs" : secret "tls" not found',
    );
    w.store.create('secrets', { metadata: { name: 'tls', namespace: 'ex' } });
    await w.pass(10_000);
    expect(now().status?.phase).toBe('Running');
  });

  it('becomes unready and ready again as its annotation comes and goes', async () => {
    const w = startTestWorld();
    const container = { name: 'a', image: 'example.com/a:1', readinessProbe: { httpGet: { path: '/', port: 80 } } };
    const now = await run(w, [container]);
    await w.pass(5000);
    const ready = () => now().status?.containerStatuses?.[0]?.ready;
    const fate = (annotations: Record<string, string>) =>
      w.store.modify<Pod>('pods', 'ex', 'p', d => {
        d.metadata.annotations = annotations;
      });
    expect(ready()).toBe(true);
    fate({ [`${BEHAVIOUR_ANNOTATION}a`]: 'not-ready' });
    await w.pass(500);
    expect(ready()).toBe(false);
    expect(said(w).at(-1)).toBe('Warning Unhealthy Readiness probe failed: HTTP probe failed with statuscode: 500');
    fate({});
    await w.pass(500);
    expect(ready()).toBe(true);
  });

  it('is stopped before it goes', async () => {
    const w = startTestWorld();
    const now = await run(w, [{ name: 'a', image: 'example.com/a:1' }]);
    await w.pass(4000);
    w.store.delete('pods', 'ex', 'p');
    await w.pass(100);
    expect(now().metadata.deletionGracePeriodSeconds).toBe(30);
    expect(said(w)).toContain('Normal Killing Stopping container a');
    await w.pass(2000);
    expect(now()).toBeUndefined();
  });
});
