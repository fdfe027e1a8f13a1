import { beforeAll, describe, expect } from 'vitest';
import { monitoring } from '../../gameday/alerts/monitoring.ts';
import { receiver } from '../../notify/support.ts';
import { gameDay } from '../../support/game-day.ts';
import type { Provider } from '../providers/provider.ts';
import { DESPITE, dayIn, injectedIn } from './day.ts';
import { drift, experiment, lasting, podKill } from './objects.ts';
import { createUser, installRoles } from './people.ts';
import { onStage, type Stage } from './stage.ts';

const plan = (stage: Stage, own: object): string =>
  stage.write('day.yaml', JSON.stringify(gameDay('watched', { namespaces: [stage.namespace], ...own })));

/** A day that monitoring, receivers and the rights of its person have a part in. */
export function watchedDayJourneys(given: () => Provider): void {
  const test = onStage(given);
  beforeAll(() => installRoles(given()));

  describe('a game-day that is watched', () => {
    test('takes an alert for T2 and another for an incident, and tells others of everything once and in order', async ({
      stage,
    }) => {
      await stage.set();
      const before = lasting(await stage.read('configmap', 'settings'));
      const alerts = await monitoring();
      const others = await receiver(() => 200);
      stage.write('config/mayday/config.yaml', `guardian: off\nnotify: [{url: "${others.url}"}]\n`);
      stage.write('all/one.yaml', JSON.stringify(experiment(stage.namespace, podKill)));
      stage.write('all/two.yaml', JSON.stringify(experiment(stage.namespace, { ...drift, recovery: '2s' })));
      const agenda = [
        { name: 'everything', suite: 'all', soak: '1s' },
        { name: 'somebody notices', experiment: stage.faultSpec({ ...drift, ttl: '6s', recovery: '30s' }), soak: '1s' },
        { name: 'a real incident', experiment: stage.faultSpec({ ...drift, ttl: '60s' }), soak: '1s' },
      ];
      const day = stage.start([
        ...['-o', 'jsonl', 'gameday', 'run'],
        plan(stage, {
          agenda,
          alerts: { prometheus: alerts.url, match: { team: 'shop*' } },
          abort: { incident: { for: '1s', alerts: { severity: 'critical' } }, api: false },
        }),
        ...['--yes', ...DESPITE],
      ]);
      await day.line(injectedIn('somebody notices'));
      const slow = { alertname: 'SlowCheckout', severity: 'warning', team: 'shop-eu' };
      alerts.says.firing = [slow, { ...slow, alertname: 'NotOurs', team: 'other' }];
      await day.line(injectedIn('a real incident'));
      alerts.says.firing = [slow, { alertname: 'PaymentsDown', severity: 'critical', team: 'shop' }];
      const ended = await day.ended;
      expect(ended.code).toBe(6);

      const { scenarios } = dayIn(ended);
      expect(scenarios.map(({ name, end, runs }) => [name, end, runs.length])).toEqual([
        ['everything', 'done', 2],
        ['somebody notices', 'done', 1],
        ['a real incident', 'aborted', 1],
      ]);
      expect(scenarios[1]?.alerts).toMatchObject([{ name: 'SlowCheckout', labels: { team: 'shop-eu' } }]);
      expect(scenarios[1]?.outcome).toMatchObject({ detected: true, detectedBy: 'alert SlowCheckout' });
      expect(scenarios[2]?.tripped).toMatchObject([
        { condition: 'incident', value: expect.stringContaining('alert PaymentsDown') },
      ]);
      expect(lasting(await stage.read('configmap', 'settings'))).toEqual(before);

      const told = others.heard.map(({ body }) => JSON.parse(body));
      const kinds = (from: number, to?: number) => told.slice(from, to).map(({ type }) => type.replace('mayday.', ''));
      const whole = ['started', 'injected', 'reverted', 'verdict'];
      // A suite of one namespace runs one after the other.
      expect(kinds(0, -9)).toEqual([...whole, ...whole]);
      expect(kinds(-9)).toEqual([...whole, 'started', 'injected', 'tripped', 'reverted', 'verdict']);
      expect(told.at(-3)?.data).toMatchObject({ condition: 'incident', scenario: 'a real incident', day: 'watched' });
      expect(new Set(told.map(({ id }) => id)).size).toBe(told.length);

      const { stdout } = await stage.mayday(['-o', 'json', 'gameday', 'report']);
      const moments = JSON.parse(stdout).scenarios[2].moments;
      expect(moments.find(({ id }: { id: string }) => id === 'T2')).toMatchObject({
        name: 'detected by monitoring',
        says: 'alert SlowCheckout',
      });
      await alerts.close();
      await others.stop();
    });

    test('ends a fault whose revert is not permitted any more, and says so while it can', async ({ stage }) => {
      await stage.set();
      const injector = await createUser(stage, 'injector', {
        everywhere: ['mayday-viewer'],
        here: ['mayday-injector'],
      });
      const agenda = [{ name: 'drift', experiment: stage.faultSpec({ ...drift, ttl: '90s', recovery: '80s' }) }];
      const day = stage.start(
        [
          ...['-o', 'jsonl', 'gameday', 'run'],
          plan(stage, { agenda, abort: { watch: { lostFor: '1s' }, api: false, incident: false } }),
          ...['--yes', ...DESPITE],
        ],
        injector,
      );
      await day.line(injectedIn('drift'));
      await stage.kubectl('delete', 'rolebinding', 'injector-mayday-injector');
      const ended = await day.ended;
      expect(ended.code).toBe(7);
      const { tripped, scenarios } = dayIn(ended);
      expect(tripped).toMatchObject([
        { condition: 'watch', value: expect.stringMatching(/^not permitted: .*configmaps.*\(to revert\) for /) },
      ]);
      expect(scenarios[0]?.runs[0]?.result).toMatchObject({ residue: 1 });
      // Somebody who may puts it back.
      expect((await stage.mayday(['-n', stage.namespace, 'revert', '--all', '--yes'])).code).toBe(0);
      expect((await stage.mayday(['latch', 'off'])).code).toBe(0);
      expect((await stage.read('configmap', 'settings')).data.mode).toBe('live');
    });
  });
}
