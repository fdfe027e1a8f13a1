import { expect, test } from 'vitest';
import { faultOf } from '../../../src/faults/registry.ts';
import type { KubeObject } from '../../../src/k8s/object.ts';
import { originalOf } from '../../../src/revert/read-back/original-of.ts';
import { recognise } from '../../../src/revert/scan/recognise.ts';
import { recorded } from '../support/stuck.ts';

const backupOf = (name: string): KubeObject => {
  const backup = recorded(name, 'injected').find(({ metadata }) => metadata.name.startsWith('chaos-'));
  if (backup === undefined) throw new Error(`${name} has no backup`);
  return backup;
};
const shown = (backup: KubeObject): string | undefined => {
  const [finding] = recognise(backup);
  return finding && originalOf(faultOf, finding);
};

test.each(['secret-deletion', 'config-drift-secret'])('a backup of %s is named as where the original is kept', name => {
  const backup = backupOf(name);
  expect(shown(backup)).toContain(`kept in Secret ${backup.metadata.namespace}/${backup.metadata.name}`);
});

test.each(['secret-deletion', 'config-drift-secret'])(
  'a backup of %s that somebody emptied or pointed elsewhere is not said to keep the original',
  name => {
    const { data: _data, ...empty } = backupOf(name);
    expect(shown(empty)).toBeUndefined();
    const edited = {
      ...backupOf(name),
      data: Object.fromEntries(Object.keys(backupOf(name).data ?? {}).map(key => [key, 'eA=='])),
    };
    expect(shown(edited)).toBeUndefined();
  },
);
