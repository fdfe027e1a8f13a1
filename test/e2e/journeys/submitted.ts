import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect } from 'vitest';
import { eventually } from '../../cluster/eventually.ts';
import { kubectl } from '../providers/kubectl.ts';
import type { Provider } from '../providers/provider.ts';
import { eventsIn } from './mayday.ts';
import { drift, type FaultSpec, podKill, type Thing } from './objects.ts';
import { createUser, installRoles } from './people.ts';
import { onStage, openStage, type Stage } from './stage.ts';

/** A cluster in which pods of mayday's image run. */
export interface Ground {
  readonly provider: Provider;
  /** What sends a pod to where mayday's image is, as a part of its specification. */
  readonly podSpec?: object;
}

const YAML_STREAM = ['--dry-run', '-o', 'yaml'];
const SUBMISSION = 'submit.mayday/id';
const dangerous: FaultSpec = { ...drift, danger: 'high' };

/** Asks for the eviction of a submission's pod, as a drain of its node does. */
async function evict({ provider, namespace, kubectl: here }: Stage, id: string): Promise<unknown> {
  const pod = await here('get', 'pods', '-l', `${SUBMISSION}=${id}`, '-o', 'jsonpath={.items[0].metadata.name}');
  const eviction = { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name: pod, namespace } };
  const path = `/api/v1/namespaces/${namespace}/pods/${pod}/eviction`;
  return kubectl(provider.kubeconfig, ['create', '--raw', path, '-f', '-'], JSON.stringify(eviction));
}

/** Experiments that run inside the cluster, and what becomes of them when whoever submitted them, or their pod, is gone. */
export function submittedJourneys(given: () => Ground): void {
  const test = onStage(() => given().provider);

  const words = (stage: Stage, ...more: string[]): string[] => {
    const { podSpec } = given();
    const place = podSpec === undefined ? [] : ['--pod-spec', stage.write('pod.yaml', JSON.stringify(podSpec))];
    return ['submit', '--in', stage.namespace, '--soak', '2s', '--yes', ...place, ...more];
  };
  const listed = async (stage: Stage): Promise<Thing[]> =>
    JSON.parse((await stage.mayday(['submit', '--list', '--in', stage.namespace, '-o', 'json'])).stdout);
  const theOnly = (stage: Stage): Promise<Thing> =>
    eventually('it is submitted', async () => (await listed(stage))[0], 60);
  const mode = async (stage: Stage): Promise<string> => (await stage.read('configmap', 'settings')).data.mode;
  /** Names of whatever has the label, also outside the namespace. */
  const labelled = async (stage: Stage, id: string): Promise<string> => {
    const label = ['-l', `${SUBMISSION}=${id}`, '-o', 'name'];
    const here = await stage.kubectl(
      'get',
      'jobs,cronjobs,pods,configmaps,serviceaccounts,roles,rolebindings',
      ...label,
      '-A',
    );
    return here + (await stage.kubectl('get', 'clusterroles,clusterrolebindings', ...label));
  };

  describe('a submitted suite', () => {
    test('goes on when its console is killed, a pod for each operator, and ends with its results', async ({
      stage,
    }) => {
      const next = await openStage(given().provider);
      await Promise.all([stage.set(), next.set()]);
      const files = [stage.faultSpec({ ...dangerous, recovery: '6s' }), next.faultSpec(podKill)];
      const console = stage.start(words(stage, '-o', 'jsonl', ...files));
      await console.event('injected');
      console.signal('SIGKILL');
      await console.ended;

      const { id } = await theOnly(stage);
      const again = stage.start(['submit', '--follow', id, '--in', stage.namespace, '-o', 'jsonl']);
      const { stdout, code, stderr } = await again.ended;
      const verdicts = eventsIn(stdout).filter(({ event }) => event === 'verdict');
      // Which queue comes first is the order of the files' paths.
      expect(new Set(verdicts.map(({ index }) => index))).toEqual(new Set([0, 1]));
      expect(verdicts.map(({ verdict, residue }) => `${verdict} ${residue}`).toSorted()).toEqual([
        'Degraded 0',
        'Resilient 0',
      ]);
      expect(code).toBe(3);
      expect(await mode(stage)).toBe('live');
      expect(stderr).toContain('its rights were removed');
      expect(await labelled(stage, id)).not.toMatch(/role|serviceaccount/);
      const [state] = await listed(stage);
      expect(state.state).toBe('ended');
      expect(state.results.map(({ exitCode }: Thing) => exitCode).toSorted()).toEqual([0, 3]);
      expect(state.results.flatMap(({ missing }: Thing) => missing)).toEqual([]);
      expect((await stage.mayday(['submit', '--logs', id, '--in', stage.namespace])).stdout).toContain(
        '"verdict":"Degraded"',
      );
      expect((await stage.mayday(['submit', '--cancel', id])).code).toBe(0);
      expect(await labelled(stage, id)).toBe('');
      await next.close();
    });

    test('that is cancelled reverts, leaves nothing behind, and says so by a scan', async ({ stage }) => {
      await stage.set();
      const detached = await stage.mayday(
        words(stage, '--detach', '-o', 'json', stage.faultSpec({ ...dangerous, recovery: '120s', ttl: '300s' })),
      );
      expect(detached.code).toBe(0);
      const { id } = JSON.parse(detached.stdout);
      await eventually('it is in', async () => (await mode(stage)) === 'chaos', 60);
      const cancelled = await stage.mayday(['submit', '--cancel', id, '-o', 'json']);
      const said = JSON.parse(cancelled.stdout);
      expect({ code: cancelled.code, remaining: said.remaining, found: said.found }).toEqual({
        code: 0,
        remaining: 0,
        found: [],
      });
      // The pod itself reverted: its result has the end.
      expect(said.results[0]).toMatchObject({ state: 'done', exitCode: 6, runs: [{ end: { residue: 0 } }] });
      expect(await mode(stage)).toBe('live');
      expect(await labelled(stage, id)).toBe('');
    });

    test.for([
      ['whose pod is evicted', evict],
      [
        'whose Job a colleague deletes',
        (stage: Stage, id: string) => stage.kubectl('delete', 'job', `mayday-${id}`, '--wait=false'),
      ],
    ] as const)('%s in the middle reverts itself, and is followed to that end', async ([, interrupt], { stage }) => {
      await stage.set();
      const submitted = stage.start(
        words(stage, '-o', 'jsonl', stage.faultSpec({ ...dangerous, recovery: '120s', ttl: '300s' })),
      );
      await submitted.event('injected');
      const { id } = await theOnly(stage);
      await interrupt(stage, id);
      const { code, stdout } = await submitted.ended;
      expect(eventsIn(stdout).find(({ event }) => event === 'verdict')).toMatchObject({ residue: 0 });
      expect(code).toBe(6);
      expect(await mode(stage)).toBe('live');
      expect((await stage.mayday(['submit', '--cancel', id])).code).toBe(0);
      expect(await labelled(stage, id)).toBe('');
    });

    test('whose pod is killed at once: its result has no end, a scan says what is left, and cancelling reverts it', async ({
      stage,
    }) => {
      await stage.set();
      const submitted = stage.start(
        words(stage, '-o', 'jsonl', stage.faultSpec({ ...dangerous, recovery: '120s', ttl: '300s' })),
      );
      await submitted.event('injected');
      const { id } = await theOnly(stage);
      const label = `${SUBMISSION}=${id}`;
      await stage.kubectl('delete', 'pod', '-l', label, '--grace-period=0', '--force', '--wait=false');
      const ended = await submitted.ended;
      expect(ended.stderr).toContain('pod 0 ended without its result');
      expect(ended.stderr).toMatch(/still in the cluster: ConfigDrift:\S+\/ConfigMap\/settings/);
      expect(ended.stderr).toMatch(/no reaper is here: if a pod is killed, its fault stays until/);
      expect(ended.code).toBe(7);
      expect(await mode(stage)).toBe('chaos');
      // Nobody injects a second time for a pod that is gone.
      expect(await stage.kubectl('get', 'pods', '-l', label, '-o', 'name')).toBe('');
      const cancelled = await stage.mayday(['submit', '--cancel', id]);
      expect(cancelled.stdout).toMatch(/receipt {2}ConfigDrift:\S+ {2}reverted, verified/);
      expect(cancelled.stdout).toMatch(/the lock of e2e-configdrift-\S+ is free again/);
      expect(cancelled.stdout).toContain('0 of it remain in the cluster');
      expect(cancelled.code).toBe(0);
      expect(await mode(stage)).toBe('live');
    });
  });

  describe('what is submitted', () => {
    test('may do what its plans need and nothing else; its objects are a stream that kubectl takes', async ({
      stage,
    }) => {
      await stage.set();
      const spec = stage.faultSpec({ ...dangerous, recovery: '60s' });
      const shown = await stage.mayday(words(stage, ...YAML_STREAM, spec));
      expect(shown.code).toBe(0);
      expect(await listed(stage)).toEqual([]);
      const stream = stage.write('all.yaml', shown.stdout);
      const id = /submit\.mayday\/id=(\S+)\./.exec(shown.stdout)?.[1] ?? '';
      await kubectl(stage.provider.kubeconfig, ['apply', '-f', stream]);
      const account = `system:serviceaccount:${stage.namespace}:mayday-${id}`;
      const may = async (...what: string[]): Promise<boolean> =>
        (await stage.kubectl('auth', 'can-i', ...what, `--as=${account}`).catch(() => 'no')).trim() === 'yes';
      expect(await may('patch', 'configmap/settings')).toBe(true);
      expect(await may('patch', `configmap/mayday-${id}-0`)).toBe(true);
      for (const denied of [
        ['patch', 'configmap/other'],
        ['delete', 'configmap/settings'],
        ['create', 'configmaps'],
        ['get', 'secrets'],
        ['list', 'secrets'],
        ['create', 'pods'],
        ['delete', 'pods'],
        ['patch', 'deployment/web'],
        ['create', 'rolebindings'],
        ['impersonate', 'users'],
        ['create', 'serviceaccounts/token'],
      ])
        expect([denied.join(' '), await may(...denied)]).toEqual([denied.join(' '), false]);
      const rules = await stage.kubectl('auth', 'can-i', '--list', `--as=${account}`);
      expect(rules).not.toContain('*.*');
      expect(
        rules
          .split('\n')
          .filter(line => line.startsWith('secrets'))
          .join(),
      ).toMatch(/^$|mayday-record-key/);
      expect((await stage.mayday(['submit', '--cancel', id])).code).toBe(0);
      expect(await labelled(stage, id)).toBe('');
    });

    test('needs no more than the roles that we hand out to whoever submits', async ({ stage }) => {
      await stage.set();
      await installRoles(stage.provider);
      const alice = await createUser(stage, 'alice', {
        everywhere: ['mayday-viewer'],
        here: ['mayday-injector', 'mayday-submitter', 'mayday-submitter-rights'],
      });
      const subject = `--serviceaccount=${stage.namespace}:alice`;
      const inDefault = async (role: string): Promise<void> => {
        const words = ['create', 'rolebinding', `${stage.namespace}-${role}`, '-n', 'default', `--clusterrole=${role}`];
        await kubectl(stage.provider.kubeconfig, [...words, subject]);
      };
      await inDefault('mayday-submitter-rights');
      await inDefault('mayday-locker');
      const run = await stage.mayday(words(stage, stage.faultSpec({ ...dangerous, recovery: '4s' })), alice);
      expect(run.stdout).toContain('DEGRADED');
      expect(run.code).toBe(3);
      const [{ id }] = await listed(stage);
      expect(await labelled(stage, id)).not.toMatch(/role|serviceaccount/);
      expect((await stage.mayday(['submit', '--cancel', id])).code).toBe(0);
    });

    test('is refused whole, in one line, where somebody hands out what he may not do; nothing is left', async ({
      stage,
    }) => {
      await stage.set();
      const viewer = await createUser(stage, 'viewer', { everywhere: ['view'] });
      const refused = await stage.mayday(words(stage, stage.faultSpec(dangerous)), viewer);
      expect(refused.stderr).toMatch(
        /mayday: refused: .*permissions: .* may not patch configmaps.*; nothing was submitted\n$/,
      );
      expect(refused.code).toBe(8);
      expect(await stage.kubectl('get', 'jobs,roles', '-l', SUBMISSION, '-o', 'name')).toBe('');
    });

    test('that is met by a latch at its start ends refused, with its exit code in the result', async ({ stage }) => {
      await stage.set();
      const file = stage.faultSpec(dangerous);
      const stream = stage.write('all.yaml', (await stage.mayday(words(stage, ...YAML_STREAM, file))).stdout);
      await stage.mayday(['latch', 'on', '--why', `e2e ${randomBytes(2).toString('hex')}`]);
      try {
        const refused = await stage.mayday(words(stage, file));
        expect(refused.stderr).toMatch(/refused: .*latch: latched by .*; nothing was submitted\n$/);
        expect(refused.code).toBe(5);
        await kubectl(stage.provider.kubeconfig, ['apply', '-f', stream]);
        const { id } = await theOnly(stage);
        const { code } = await stage.start(['submit', '--follow', id]).ended;
        const [state] = await listed(stage);
        expect(state.results[0].runs[0].end.reasons[0]).toMatch(/^refused, nothing was injected: latch: latched by/);
        expect([code, state.results[0].exitCode]).toEqual([5, 5]);
        expect(await mode(stage)).toBe('live');
        await stage.mayday(['submit', '--cancel', id]);
      } finally {
        await stage.mayday(['latch', 'off']);
      }
    });
  });

  test('a schedule, which need not wait for who holds the lock now, makes a CronJob whose run is listed with its result, and cancelling takes all of it', async ({
    stage,
  }) => {
    await stage.set();
    const file = stage.faultSpec(podKill);
    const { operator } = JSON.parse(readFileSync(file, 'utf8')).spec.target;
    const lease = `operator-chaos-lock-${operator}`;
    const held = {
      apiVersion: 'coordination.k8s.io/v1',
      kind: 'Lease',
      metadata: { name: lease, namespace: 'default' },
      spec: {
        holderIdentity: 'somebody',
        leaseDurationSeconds: 900,
        acquireTime: new Date().toISOString().replace('Z', '000Z'),
      },
    };
    await kubectl(stage.provider.kubeconfig, ['create', '-f', '-'], JSON.stringify(held));
    const now = await stage.mayday(words(stage, file, stage.write('again.yaml', readFileSync(file, 'utf8'))));
    expect(now.stderr).toMatch(
      /refused: e2e-podkill, e2e-podkill: lock: \S+ is locked by somebody .*; nothing was submitted\n$/,
    );
    const made = await stage.mayday(
      words(stage, '--schedule', '0 3 * * *', '--time-zone', 'Europe/Berlin', '-o', 'json', file),
    );
    await kubectl(stage.provider.kubeconfig, ['-n', 'default', 'delete', 'lease', lease]);
    expect(made.code).toBe(0);
    const { id } = JSON.parse(made.stdout);
    const cron = await stage.read('cronjob', `mayday-${id}`);
    expect(cron.spec).toMatchObject({ schedule: '0 3 * * *', timeZone: 'Europe/Berlin', concurrencyPolicy: 'Forbid' });
    await stage.kubectl('create', 'job', `now-${id.slice(-6)}`, `--from=cronjob/mayday-${id}`);
    await eventually('its result', async () => (await listed(stage))[0].results[0].state === 'done', 90);
    const [state] = await listed(stage);
    expect(state).toMatchObject({ work: 'CronJob', schedule: '0 3 * * *', results: [{ exitCode: 0 }] });
    expect((await stage.mayday(['submit', '--cancel', id])).code).toBe(0);
    await eventually('all of it is gone', async () => (await labelled(stage, id)) === '', 60);
  });
}
