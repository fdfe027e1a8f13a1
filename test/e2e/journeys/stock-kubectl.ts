import { describe, expect } from 'vitest';
import { eventually } from '../../cluster/eventually.ts';
import { gizmo, listOfMaps, twoVersions } from '../../sandbox/kubectl/manifests.ts';
import type { Provider } from '../providers/provider.ts';
import { onStage, type Stage } from './stage.ts';

/** What stock kubectl does is the same on every cluster: where it is not, the sandbox is wrong. */
export function stockKubectlJourneys(given: () => Provider): void {
  const test = onStage(given);

  describe('stock kubectl', () => {
    test('creates and applies a List, changes nothing the second time, and names an unknown field', async ({
      stage,
    }) => {
      const good = stage.write('list.json', listOfMaps('data'));
      const bad = stage.write('bad.json', listOfMaps('dta'));
      expect(await stage.kubectl('create', '-f', good)).toBe('configmap/l1 created\nconfigmap/l2 created\n');
      expect(await stage.kubectl('apply', '-f', good)).toBe('configmap/l1 configured\nconfigmap/l2 configured\n');
      expect(await stage.kubectl('apply', '-f', good)).toBe('configmap/l1 unchanged\nconfigmap/l2 unchanged\n');
      await expect(stage.kubectl('apply', '-f', bad)).rejects.toThrow(/unknown field "dta"/);
      expect((await stage.read('configmap', 'l1')).data).toEqual({ a: '1' });
    });

    test('patches a custom resource through a served version that is not the stored one', async ({ stage }) => {
      await stage.kubectl('apply', '-f', stage.write('crd.yaml', twoVersions));
      await stage.kubectl('wait', '--for=condition=Established', 'crd/gizmos.try.example.com', '--timeout=60s');
      const first = stage.write('gizmo.json', gizmo('v1', 1));
      await eventually('the custom kind', () => stage.kubectl('create', '-f', first).then(() => true));
      const old = 'gizmos.v1beta1.try.example.com';
      await stage.kubectl('patch', old, 'g', '--type=merge', '-p', '{"spec":{"size":2}}');
      expect(await inBoth(stage)).toEqual(['try.example.com/v1 2', 'try.example.com/v1beta1 2']);
      const operations = [{ op: 'replace', path: '/spec/size', value: 3 }];
      await stage.kubectl('patch', old, 'g', '--type=json', '-p', JSON.stringify(operations));
      expect(await inBoth(stage)).toEqual(['try.example.com/v1 3', 'try.example.com/v1beta1 3']);
      const last = stage.write('last.json', gizmo('v1beta1', 4));
      await stage.kubectl('apply', '--server-side', '--force-conflicts', '-f', last);
      expect(await inBoth(stage)).toEqual(['try.example.com/v1 4', 'try.example.com/v1beta1 4']);
      await stage.kubectl('delete', 'crd', 'gizmos.try.example.com', '--wait=false');
    });
  });
}

/** The version that each answers in, and the size. */
const inBoth = (stage: Stage): Promise<string[]> =>
  Promise.all(
    ['v1', 'v1beta1'].map(async version => {
      const { apiVersion, spec } = await stage.read(`gizmos.${version}.try.example.com`, 'g');
      return `${apiVersion} ${spec.size}`;
    }),
  );
