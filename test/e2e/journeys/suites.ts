import { describe, expect } from 'vitest';
import type { Provider } from '../providers/provider.ts';
import { experiment, type FaultSpec } from './objects.ts';
import { onStage, type Stage } from './stage.ts';

const drift: FaultSpec = {
  type: 'ConfigDrift',
  parameters: { name: 'settings', key: 'mode', value: 'chaos', resourceType: 'ConfigMap' },
  danger: 'high',
};
const kill: FaultSpec = { type: 'PodKill', parameters: { labelSelector: 'app=web' } };
const OPTIONS = ['--yes', '--soak', '2s', '-o', 'jsonl'];

/** A folder of two: a killed pod, which comes back by itself, then a drift, which nobody undoes. */
function folderOf(stage: Stage): string {
  const named = (name: string, tier: number, spec: FaultSpec) => {
    const document = experiment(stage.namespace, spec) as { metadata: { name: string }; spec: { tier?: number } };
    document.metadata.name = name;
    document.spec.tier = tier;
    return stage.write(`suite/${name}.yaml`, JSON.stringify(document));
  };
  named('b-drift', 2, drift);
  named('a-kill', 1, kill);
  return `${stage.folder}/suite`;
}

/** Suites whole: to their end, stopped, killed and gone on with; what is left in the cluster is told by a baseline. */
export function suiteJourneys(given: () => Provider): void {
  const test = onStage(given);

  describe('a suite', () => {
    test('that is killed with its fault in is gone on with: the fault goes first, and only what is missing runs', async ({
      stage,
    }) => {
      await stage.set();
      const saved = await stage.mayday(['baseline', 'save', stage.namespace]);
      expect(saved.code).toBe(0);
      const suite = stage.start(['suite', folderOf(stage), ...OPTIONS, '--set', 'hypothesis.recoveryTimeout=30s']);
      const { suite: id } = await suite.event('begin');
      await suite.event('finished', ({ key }) => key === 'a-kill');
      await suite.event('injected', ({ key }) => key === 'b-drift');
      suite.signal('SIGKILL');
      await suite.ended;
      expect((await stage.read('configmap', 'settings')).data?.mode).toBe('chaos');
      const changed = await stage.mayday(['baseline', 'diff']);
      expect(changed.code).toBe(7);
      expect(changed.stdout).toContain('data.mode: live → chaos');

      const again = stage.start(['suite', '--resume', String(id), '--yes', '-o', 'jsonl']);
      const begun = await again.event('begin');
      expect(begun).toMatchObject({ entries: ['b-drift'], done: ['a-kill'] });
      await again.event('injected', ({ key }) => key === 'b-drift');
      again.signal('SIGINT');
      const ended = await again.ended;
      expect(ended.code).toBe(6);
      expect(ended.stderr).toContain('left by a run that died: ConfigDrift');
      expect((await stage.read('configmap', 'settings')).data?.mode).toBe('live');
      const after = await stage.mayday(['baseline', 'diff']);
      expect(after.stdout).toContain('nothing differs');
      expect(after.code).toBe(0);

      const report = await stage.mayday(['report', String(id), '-o', 'json']);
      const { scenarios, counts } = JSON.parse(report.stdout);
      expect(scenarios.map((one: { name: string; verdict: string }) => [one.name, one.verdict])).toEqual([
        ['a-kill', 'Resilient'],
        ['b-drift', 'Inconclusive'],
      ]);
      expect(counts.residue).toBe(0);
      const events = await stage.kubectl('get', 'events', '-o', 'json');
      const reasons = JSON.parse(events).items.map(({ reason }: { reason: string }) => reason);
      expect(reasons).toEqual(expect.arrayContaining(['FaultInjected', 'FaultReverted', 'VerdictReached']));
    });
  });
}
