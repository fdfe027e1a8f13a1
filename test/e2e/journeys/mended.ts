import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, onTestFinished } from 'vitest';
import { start as startTerminal } from '../../support/pty.ts';
import { program } from '../providers/program.ts';
import type { Provider } from '../providers/provider.ts';
import { LABELS, lasting, type Thing, web } from './objects.ts';
import { createUser } from './people.ts';
import { onStage, type Stage } from './stage.ts';
import { guard, guardName } from './webhook.ts';

/** What triage finds, and what mayday itself can do about it. */
export function mendedJourneys(given: () => Provider): void {
  const test = onStage(given);

  describe('mayday fix', () => {
    test('keeps a dead webhook from blocking, deletes it after saving it, and puts it back', async ({ stage }) => {
      await stage.apply(guard(stage, 'Fail'));
      const asked = ['webhook/stale', `validatingwebhookconfiguration/${guardName(stage)}`];
      const here = () => stage.read('validatingwebhookconfiguration', guardName(stage));
      const before = lasting(await here());
      expect(await found(stage, 'webhook/stale')).toHaveLength(1);

      expect(await fixed(stage, [...asked, '--do', 'ignore'])).toMatchObject({ outcome: 'done', fix: 'ignore' });
      expect((await here()).webhooks[0].failurePolicy).toBe('Ignore');
      const reverted = await stage.mayday(['-o', 'json', 'revert', '--all', '--yes']);
      expect(JSON.parse(reverted.stdout)).toMatchObject({ receipts: [{ outcome: 'reverted', verified: true }] });
      await stage.mayday(['latch', 'off']);
      expect(lasting(await here())).toEqual(before);

      const deleted = await fixed(stage, asked);
      expect(deleted).toMatchObject({ fix: 'delete-stale-webhook', outcome: 'done', verified: true });
      expect(await found(stage, 'webhook/stale')).toEqual([]);
      expect(JSON.parse(readFileSync(deleted.saved, 'utf8')).metadata.name).toBe(guardName(stage));
      expect(await fixed(stage, ['--put-back', deleted.saved])).toMatchObject({ outcome: 'done', verified: true });
      expect(lasting(await here()).webhooks).toEqual(before.webhooks);
    });

    test('uncordons a node: the finding is gone, and the node takes pods again', async ({ stage }) => {
      const node = (await stage.kubectl('get', 'nodes', '-o', 'name')).split('\n')[0]?.replace('node/', '') ?? '';
      await stage.kubectl('cordon', node);
      const rule = ['node/cordoned', `node/${node}`];
      expect((await found(stage, 'node/cordoned')).map(({ object }) => object.name)).toEqual([node]);
      expect(await fixed(stage, rule)).toMatchObject({ fix: 'uncordon', outcome: 'done', verified: true });
      expect((await stage.read('node', node)).spec.unschedulable).toBeUndefined();
      expect(await found(stage, 'node/cordoned')).toEqual([]);
    });

    test('goes back to the template before, whose pods are made', async ({ stage }) => {
      await stage.set();
      await stage.apply(refused());
      await untilFound(stage, 'workload/pods-refused');
      const receipt = await fixed(stage, ['workload/pods-refused', 'deployment/web', '-n', stage.namespace]);
      expect(receipt).toMatchObject({ fix: 'undo', outcome: 'done', verified: true });
      await stage.kubectl('rollout', 'status', 'deployment/web', '--timeout=60s');
      expect(await found(stage, 'workload/pods-refused')).toEqual([]);
    });

    test('restarts a workload; once what its pods lack is there they are made, and triage finds nothing', async ({
      stage,
    }) => {
      await stage.set();
      await stage.apply(refused());
      await untilFound(stage, 'workload/pods-refused');
      const asked = ['workload/pods-refused', 'deployment/web', '-n', stage.namespace, '--do', 'restart'];
      expect(await fixed(stage, asked)).toMatchObject({ fix: 'restart', outcome: 'done', verified: true });
      const template = (await stage.read('deployment', 'web')).spec.template;
      expect(Object.keys(template.metadata.annotations)).toContain('kubectl.kubernetes.io/restartedAt');
      // A controller tries again by itself: before the restart that would already have mended it.
      await stage.kubectl('create', 'serviceaccount', 'nobody');
      await stage.kubectl('rollout', 'status', 'deployment/web', '--timeout=60s');
      expect(await found(stage, 'workload/pods-refused')).toEqual([]);
    });

    test('writes nothing onto what somebody changed since it was shown', async ({ stage }) => {
      await stage.apply(guard(stage, 'Fail'));
      const words = ['fix', 'webhook/stale', `validatingwebhookconfiguration/${guardName(stage)}`];
      const screen = startTerminal(
        [...program(), '--kubeconfig', stage.provider.kubeconfig, ...words] as [string, ...string[]],
        { columns: 160, rows: 45 },
        { env: { XDG_STATE_HOME: `${stage.folder}/state`, XDG_CONFIG_HOME: `${stage.folder}/config` } },
      );
      await screen.waitFor('Do it? (yes/no)', 30_000);
      await stage.kubectl('annotate', 'validatingwebhookconfiguration', guardName(stage), 'seen=yes');
      screen.send('yes\r');
      const { code } = await screen.exit;
      expect(screen.screen()).toContain('NOT DONE');
      expect(code).toBe(4);
      const after = await stage.read('validatingwebhookconfiguration', guardName(stage));
      expect(after.metadata.annotations.seen).toBe('yes');
    });
  });

  describe('a person whose rights end at a namespace', () => {
    test('is told of -n; with it sees what is broken there, and that it is mended, in the watch too', async ({
      stage,
    }) => {
      await stage.set();
      await stage.apply(...readsHere());
      const person = await createUser(stage, 'shopper', {});
      const all = await stage.mayday(['triage'], person);
      expect(all.code).toBe(8);
      expect(all.stderr).toContain('you may not list pods over the whole cluster');
      expect(all.stderr).toContain('with -n NAMESPACE');

      await stage.apply(refused());
      const watch = stage.start(['-n', stage.namespace, '-o', 'jsonl', 'triage', '--watch'], person);
      const broken = await watch.event('end', said => (said.roots as Thing[]).length > 0);
      expect((broken.roots as Thing[])[0]).toMatchObject({
        rule: 'workload/pods-refused',
        object: { kind: 'Deployment', namespace: stage.namespace, name: 'web' },
      });
      await stage.kubectl('rollout', 'undo', 'deployment/web');
      await watch.event('end', said => (said.roots as Thing[]).length === 0);
      watch.signal('SIGINT');
      expect((await watch.ended).code).toBe(8);

      const once = await stage.mayday(['-n', stage.namespace, 'triage'], person);
      const said = once.stdout.replace(/\s+/g, ' ');
      expect(said).toContain('nothing broken in what could be read');
      expect(said).toContain(`only namespace ${stage.namespace} may be read`);
      expect(once.stderr).toBe('');
      const elsewhere = await stage.mayday(['-n', 'kube-system', 'triage'], person);
      expect(elsewhere.stderr).toContain('nor in namespace kube-system');
    });

    test('has the same of status: what that namespace shows, and the rest blind', async ({ stage }) => {
      await stage.set();
      await stage.apply(...readsHere());
      const person = await createUser(stage, 'shopper', {});
      const all = await stage.mayday(['status'], person);
      expect(all.code).toBe(8);
      const here = await stage.mayday(['-n', stage.namespace, 'status', '-o', 'json'], person);
      expect(here.code).toBe(0);
      const kinds = JSON.parse(here.stdout).kinds;
      const read = kinds.filter(({ status }: { status: string }) => status !== 'BLIND').map((one: Thing) => one.kind);
      expect(read).toEqual(['pods', 'deployments', 'endpoints', 'leases']);
      for (const { status, reason } of kinds)
        if (status === 'BLIND') expect(reason).toBe(`only namespace ${stage.namespace} may be read`);
    });

    test('has the same in the console: that namespace is read, and all else is blind, never none', async ({
      stage,
    }) => {
      await stage.set();
      await stage.apply(...readsHere());
      const person = await createUser(stage, 'shopper', {});
      const console = (...words: string[]) => {
        const screen = startTerminal(
          [...program(), '--kubeconfig', person, ...words] as [string, ...string[]],
          { columns: 160, rows: 45 },
          { env: { XDG_STATE_HOME: `${stage.folder}/state`, XDG_CONFIG_HOME: `${stage.folder}/config` } },
        );
        onTestFinished(() => screen.kill());
        return screen;
      };
      await console().waitFor('mayday -n NAMESPACE shows one namespace', 60_000);
      const here = console('-n', stage.namespace);
      await here.waitFor(/pods +[1-9]/, 60_000);
      await here.press('!', 'nothing found in what could be read', 60_000);
      expect(here.screen()).toContain(`everything outside namespace ${stage.namespace}`);
      expect(here.screen()).not.toContain('no injection in the cluster');
    });
  });
}

/** Deployment `web` with a service account that does not exist: no pod of it can be made. */
function refused(): Thing {
  const made = web();
  made.spec.template.spec.serviceAccountName = 'nobody';
  return made;
}

/** Reading everything in the namespace, and nothing outside, for ServiceAccount `shopper`. */
const readsHere = (): Thing[] => {
  const apiVersion = 'rbac.authorization.k8s.io/v1';
  const metadata = { name: 'reads', labels: LABELS };
  return [
    {
      apiVersion,
      kind: 'Role',
      metadata,
      rules: [{ apiGroups: ['*'], resources: ['*'], verbs: ['get', 'list', 'watch'] }],
    },
    {
      apiVersion,
      kind: 'RoleBinding',
      metadata,
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'reads' },
      subjects: [{ kind: 'ServiceAccount', name: 'shopper' }],
    },
  ];
};

/** What one rule finds now, root or not, in the stage's namespace and among what has none. */
async function found(stage: Stage, rule: string): Promise<Thing[]> {
  const { gates } = JSON.parse((await stage.mayday(['-o', 'json', 'triage'])).stdout);
  const all: Thing[] = gates.flatMap(({ findings }: Thing) => findings);
  return all.filter(one => one.rule === rule && [undefined, stage.namespace].includes(one.object.namespace));
}

async function untilFound(stage: Stage, rule: string): Promise<void> {
  for (let left = 50; (await found(stage, rule)).length === 0; left -= 1) {
    if (left === 0) throw new Error(`triage never found ${rule}`);
    await sleep(200);
  }
}

/** Runs a fix with yes to its question, which must end with 0; resolves with its receipt. */
async function fixed(stage: Stage, words: readonly string[]): Promise<Thing> {
  const ended = await stage.mayday(['-o', 'json', 'fix', ...words, '--yes']);
  expect({ code: ended.code, ...(ended.code === 0 ? {} : { stderr: ended.stderr }) }).toEqual({ code: 0 });
  return JSON.parse(ended.stdout);
}
