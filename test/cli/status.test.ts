import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type ProgramOnSandbox, programOnSandbox } from '../support/program-on-sandbox.ts';

let person: ProgramOnSandbox;
const mayday = (...args: string[]) => person.mayday(...args);

beforeAll(async () => {
  person = await programOnSandbox();
  const rbac = { apiVersion: 'rbac.authorization.k8s.io/v1' };
  const { api } = person;
  await api.create({
    ...rbac,
    kind: 'ClusterRole',
    metadata: { name: 'pods' },
    rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['list', 'watch'] }],
  });
  await api.create({
    ...rbac,
    kind: 'ClusterRoleBinding',
    metadata: { name: 'pods' },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'pods' },
    subjects: [{ kind: 'User', apiGroup: 'rbac.authorization.k8s.io', name: 'sees-pods' }],
  });
});

afterAll(() => person.close());

const statuses = (stdout: string): string[] =>
  (JSON.parse(stdout) as { kinds: { status: string }[] }).kinds.map(({ status }) => status);

it.each([[['status']], [[]]])('with every row BLIND, `mayday %s` knows nothing: exit 8', async command => {
  const ended = await mayday(...command, '--as', 'nobody', '-o', 'json');
  expect(new Set(statuses(ended.stdout))).toEqual(new Set(['BLIND']));
  expect(ended.code).toBe(8);
});

it('with one row known it is a snapshot: exit 0', async () => {
  const ended = await mayday('status', '--as', 'sees-pods', '-o', 'json');
  expect(statuses(ended.stdout).filter(status => status !== 'BLIND')).toHaveLength(1);
  expect(ended.code).toBe(0);
});

it('is in ASCII where the configuration file says so, as with --ascii', async () => {
  const config = join(person.folder, 'ascii.yaml');
  writeFileSync(config, 'ascii: true\n');
  const [plain, asked, configured] = await Promise.all([
    mayday('status'),
    mayday('status', '--ascii'),
    mayday('status', '--config', config),
  ]);
  expect(isAscii(plain.stdout)).toBe(false);
  expect(isAscii(asked.stdout)).toBe(true);
  expect(isAscii(configured.stdout)).toBe(true);
  expect(configured.stdout).toContain('nodes');
});

const isAscii = (text: string): boolean => [...text].every(char => char <= '~');
