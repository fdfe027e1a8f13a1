import { describe, expect, test } from 'vitest';
import { createAll, refusedText } from '../../src/submit/create.ts';
import { queuesOf } from '../../src/submit/queues.ts';
import { inOrder, objectsOf, owned, type Submission } from '../../src/submit/submission.ts';
import { suiteEntries } from '../../src/suite/order.ts';
import { named } from '../suite/support.ts';
import { failing, fakeApi } from '../support/fake-api.ts';

const loaded = [named('a', { operator: 'a', namespace: 'x' }), named('b', { operator: 'b', namespace: 'y' })];

const submission = (more: Partial<Submission> = {}): Submission => ({
  id: '20261128-215349-3f9a2c',
  namespace: 'chaos',
  image: 'mayday:1',
  by: 'alice@laptop',
  at: '2026-11-28T21:53:49Z',
  queues: queuesOf(suiteEntries(loaded)),
  texts: new Map(loaded.map(({ path }) => [path, `# ${path}\n`])),
  models: [],
  rounds: 1,
  isOne: false,
  sideBySide: { pods: 2, inEach: 1 },
  deadlineSeconds: 900,
  keepSeconds: 60,
  needs: [
    { verb: 'patch', group: '', resource: 'configmaps', namespace: 'x', name: 'settings' },
    { verb: 'get', group: '', resource: 'nodes' },
  ],
  podSpec: { tolerations: [{ operator: 'Exists' }] },
  passed: ['--soak', '2s'],
  config: { guardian: 'off' },
  ...more,
});

interface JobLike {
  spec: Record<string, unknown> & {
    template: { spec: Record<string, unknown> & { containers: Record<string, unknown>[] } };
  };
}

describe('the objects of a submission', () => {
  test('a suite is one Indexed Job: a queue that fails ends no other, and no pod is started twice', () => {
    const { work } = objectsOf(submission()) as unknown as { work: JobLike };
    expect(work.spec).toMatchObject({
      completionMode: 'Indexed',
      completions: 2,
      parallelism: 2,
      backoffLimitPerIndex: 0,
      podReplacementPolicy: 'Failed',
      activeDeadlineSeconds: 900,
      ttlSecondsAfterFinished: 60,
    });
    expect(work.spec).not.toHaveProperty('backoffLimit');
    expect(work.spec.template.spec.restartPolicy).toBe('Never');
  });

  test('one experiment is a Job without a number', () => {
    const one = submission({ isOne: true, queues: queuesOf(suiteEntries(loaded.slice(0, 1))) });
    const { work } = objectsOf(one) as unknown as { work: JobLike };
    expect(work.spec).toMatchObject({ backoffLimit: 0 });
    expect(work.spec).not.toHaveProperty('completions');
    expect(work.spec.template.spec.containers[0]?.args).toEqual([
      'run',
      '/plans/0/000-a.yaml',
      '--yes',
      '-o',
      'jsonl',
      '--config',
      '/plans/config.yaml',
      '--results',
      'configmap/chaos/mayday-20261128-215349-3f9a2c-0',
      '--soak',
      '2s',
    ]);
  });

  test('the pods are nobody, write only to a folder of their own, and keep what the cluster asks of a pod', () => {
    const { spec } = (objectsOf(submission()) as unknown as { work: JobLike }).work.spec.template;
    expect(spec).toMatchObject({
      tolerations: [{ operator: 'Exists' }],
      securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
      containers: [
        {
          securityContext: {
            allowPrivilegeEscalation: false,
            readOnlyRootFilesystem: true,
            capabilities: { drop: ['ALL'] },
          },
          resources: { requests: { cpu: '50m', memory: '128Mi' } },
        },
      ],
    });
    expect(spec.volumes).toEqual([
      {
        name: 'plans',
        configMap: {
          name: 'mayday-20261128-215349-3f9a2c',
          items: [
            { key: 'config.yaml', path: 'config.yaml' },
            { key: '0.000.a.yaml', path: '0/000-a.yaml' },
            { key: '1.000.b.yaml', path: '1/000-b.yaml' },
          ],
        },
      },
      { name: 'tmp', emptyDir: { sizeLimit: '256Mi' } },
    ]);
  });

  test('what the user names comes with it: knowledge models as files, receivers as a mounted Secret that nobody else reads', () => {
    const more = { models: ['a: 1\n', 'b: 2\n'], notify: { kind: 'Secret', name: 'hooks' } as const };
    const { root, work } = objectsOf(submission(more)) as unknown as { root: { data: object }; work: JobLike };
    expect(root.data).toMatchObject({ 'knowledge.000.yaml': 'a: 1\n', 'knowledge.001.yaml': 'b: 2\n' });
    const { containers, volumes } = work.spec.template.spec;
    expect(containers[0]?.args).toEqual(expect.arrayContaining(['--knowledge', '/plans/knowledge']));
    expect(containers[0]?.volumeMounts).toContainEqual({ name: 'notify', mountPath: '/notify', readOnly: true });
    expect(volumes).toContainEqual({
      name: 'notify',
      secret: { secretName: 'hooks', items: [{ key: 'notify.yaml', path: 'notify.yaml' }] },
    });
    expect(volumes).toContainEqual(
      expect.objectContaining({
        configMap: expect.objectContaining({
          items: expect.arrayContaining([{ key: 'knowledge.001.yaml', path: 'knowledge/001.yaml' }]),
        }),
      }),
    );
  });

  test('everything in its namespace is owned by the plans; what lives elsewhere cannot be, and has the label', () => {
    const objects = objectsOf(submission());
    const root = { ...objects.root, metadata: { ...objects.root.metadata, uid: 'root-1' } };
    const all = inOrder(objects).map(object => owned(object, root));
    const isOwned = all.map(({ kind, metadata }) => [
      kind,
      metadata.namespace,
      metadata.ownerReferences?.[0]?.uid === 'root-1',
    ]);
    expect(isOwned).toEqual([
      ['ConfigMap', 'chaos', false],
      ['ServiceAccount', 'chaos', true],
      ['Role', 'chaos', true],
      ['RoleBinding', 'chaos', true],
      ['Role', 'x', false],
      ['RoleBinding', 'x', false],
      ['ClusterRole', undefined, false],
      ['ClusterRoleBinding', undefined, false],
      ['ConfigMap', 'chaos', true],
      ['ConfigMap', 'chaos', true],
      ['Job', 'chaos', true],
    ]);
    expect(new Set(all.map(({ metadata }) => metadata.labels?.['submit.mayday/id']))).toEqual(
      new Set(['20261128-215349-3f9a2c']),
    );
  });

  test('a schedule is a CronJob that never runs twice at a time', () => {
    const { work } = objectsOf(submission({ when: { schedule: '0 3 * * *', timeZone: 'Europe/Berlin' } }));
    expect(work).toMatchObject({
      kind: 'CronJob',
      spec: {
        schedule: '0 3 * * *',
        timeZone: 'Europe/Berlin',
        concurrencyPolicy: 'Forbid',
        jobTemplate: { spec: { completions: 2 } },
      },
    });
  });
});

const JOBS = {
  group: 'batch',
  version: 'v1',
  apiVersion: 'batch/v1',
  kind: 'Job',
  resource: 'jobs',
  singular: 'job',
  namespaced: true,
  verbs: ['create'],
  shortNames: [],
  subresources: [],
};

describe('creating them', () => {
  test('the plans come first, the Job last: no pod starts before its rights and its result are there', async () => {
    const api = fakeApi([], { kinds: [JOBS] });
    expect(await createAll(api, objectsOf(submission()))).toEqual({ ok: true });
    const kinds = api.log.flatMap(({ verb, kind }) => (verb === 'create' ? [kind] : []));
    expect([kinds[0], kinds.at(-1)]).toEqual(['ConfigMap', 'Job']);
  });

  test.each(['ServiceAccount', 'ClusterRole', 'Job'])('a %s that is not taken leaves nothing behind', async kind => {
    const api = fakeApi([], { kinds: [JOBS] });
    api.script({
      on: request => request.verb === 'create' && request.kind === kind,
      answer: failing('forbidden', 'no'),
    });
    const created = await createAll(api, objectsOf(submission()));
    expect(created).toMatchObject({ ok: false, left: [] });
    if (!created.ok)
      expect(refusedText(created.refused)).toMatch(new RegExp(`^${kind} .*mayday-20261128-215349-3f9a2c: no$`));
    expect(api.all()).toEqual([]);
  });

  test('a Job whose answer was lost is deleted, too, and what cannot be deleted is named', async () => {
    const api = fakeApi([], { kinds: [JOBS] });
    api.script({
      on: request => request.verb === 'create' && request.kind === 'Job',
      answer: failing('unreachable', 'the line broke'),
      when: 'after',
    });
    api.script({
      on: request => request.verb === 'delete' && request.kind === 'Role',
      answer: failing('forbidden', 'no'),
    });
    const created = await createAll(api, objectsOf(submission()));
    expect(created).toMatchObject({ ok: false, left: ['Role x/mayday-20261128-215349-3f9a2c: no'] });
    expect(api.all().map(({ kind }) => kind)).toEqual(['Role']);
  });
});
