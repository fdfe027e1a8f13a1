import { globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { expect, it } from 'vitest';
import { parse } from 'yaml';

const DEPLOY = join(import.meta.dirname, '../../deploy');

it('the base of the roles has every file of them', () => {
  const files = globSync('*.yaml', { cwd: join(DEPLOY, 'roles') }).map(path => basename(path));
  const { resources } = parse(readFileSync(join(DEPLOY, 'roles/kustomization.yaml'), 'utf8'));
  expect([...resources, 'kustomization.yaml'].toSorted()).toEqual(files.toSorted());
});
