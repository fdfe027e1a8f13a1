import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { readDay } from '../../../src/gameday/journal/read-day.ts';
import { gameDay } from '../../support/game-day.ts';
import type { Ended } from '../providers/kubectl.ts';
import type { Provider } from '../providers/provider.ts';
import { DESPITE, dayIn, injectedIn } from './day.ts';
import { eventsIn, startMayday } from './mayday.ts';
import { drift, isUp, lasting, podKill } from './objects.ts';
import { onStage, type Stage } from './stage.ts';

/** A front door and a Prometheus that a journey breaks and mends. */
async function frontDoor() {
  const state = { well: true };
  const server = createServer((request, response) => {
    const isQuery = request.url?.startsWith('/api/v1/query') === true;
    response.writeHead(state.well || isQuery ? 200 : 503);
    const value = state.well ? '0' : '1';
    response.end(
      isQuery
        ? JSON.stringify({ status: 'success', data: { resultType: 'vector', result: [{ value: [0, value] }] } })
        : 'door',
    );
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { state, url, close: () => new Promise<void>(resolve => server.close(() => resolve())) };
}

const plan = (stage: Stage, url: string, own: object = {}): string =>
  stage.write(
    'day.yaml',
    JSON.stringify(
      gameDay('journey', {
        namespaces: [stage.namespace],
        people: [
          { name: 'Ana', role: 'owner' },
          { name: 'Ben', role: 'observer' },
        ],
        agenda: [
          { name: 'a pod dies', experiment: stage.faultSpec(podKill), soak: '2s' },
          { name: 'the door breaks', experiment: stage.faultSpec({ ...drift, ttl: '60s' }), soak: '2s' },
          {
            name: 'the leader is killed',
            experiment: stage.faultSpec({ ...drift, ttl: '8s', recovery: '5s' }),
            soak: '2s',
          },
          { name: 'by hand', byHand: 'look at it', hypothesis: 'nothing happens', watchFor: '1s' },
          { name: 'a pod dies again', experiment: stage.faultSpec(podKill), soak: '2s' },
        ],
        probes: [
          { name: 'door', http: { url } },
          { name: 'errors', prometheus: { url, query: 'errors', max: 0 } },
        ],
        abort: { probes: { brokenFor: '1s' }, api: false, incident: false },
        ...own,
      }),
    ),
  );

const journalOf = ({ stderr }: Ended): string => /journal (\S+)/.exec(stderr)?.[1] ?? '';

/** A day in lines: aborted by its own condition, killed in mid-fault, gone on with on another machine. */
export function gameDayJourneys(given: () => Provider): void {
  const test = onStage(given);

  describe('a game-day', () => {
    test('ends by itself what its conditions abort, and goes on after it was killed in mid-fault, where its journal is', async ({
      stage,
    }) => {
      await stage.set();
      const before = lasting(await stage.read('configmap', 'settings'));
      const door = await frontDoor();
      const lead = (words: string[], env?: Record<string, string>) => {
        const all = ['-o', 'jsonl', 'gameday', ...words, '--yes', ...DESPITE];
        return env ? startMayday(['--kubeconfig', stage.provider.kubeconfig, ...all], env) : stage.start(all);
      };

      const first = lead(['run', plan(stage, door.url)]);
      await first.line(injectedIn('the door breaks'));
      door.state.well = false;
      const aborted = await first.ended;
      expect(aborted.code).toBe(6);
      const morning = dayIn(aborted);
      expect(morning.scenarios.map(({ name, end }) => [name, end])).toEqual([
        ['a pod dies', 'done'],
        ['the door breaks', 'aborted'],
      ]);
      expect(morning.scenarios[1]?.tripped).toMatchObject([{ condition: 'probes' }]);
      expect(morning.scenarios[1]?.runs[0]?.result).toMatchObject({
        residue: 0,
        interrupted: expect.stringContaining('abort condition probes'),
      });
      expect(lasting(await stage.read('configmap', 'settings'))).toEqual(before);

      // Without the owner's word nothing more is injected.
      door.state.well = true;
      const stood = await lead(['resume']).ended;
      expect({ code: stood.code, armed: eventsIn(stood.stdout).filter(({ kind }) => kind === 'armed') }).toEqual({
        code: 6,
        armed: [],
      });

      const second = lead(['resume', '--go-on']);
      await second.line(injectedIn('the leader is killed'));
      second.signal('SIGKILL');
      expect((await second.ended).code).toBe(137);
      expect((await stage.read('configmap', 'settings')).data.mode).toBe('chaos');

      const elsewhere = join(stage.folder, 'elsewhere');
      const config = join(stage.folder, 'config');
      const third = await lead(['resume', journalOf(aborted), '--go-on'], {
        XDG_STATE_HOME: elsewhere,
        XDG_CONFIG_HOME: config,
      }).ended;
      expect(third.stderr).toContain(join(elsewhere, 'mayday', 'days'));
      const evening = dayIn(third);
      expect(evening.lifted).toMatchObject([{ receipts: [{ verified: true }], remaining: 0 }]);
      const report = startMayday(['-o', 'json', 'gameday', 'report', journalOf(third)], {
        XDG_STATE_HOME: elsewhere,
        XDG_CONFIG_HOME: config,
      });
      const told = JSON.parse((await report.ended).stdout);
      expect(told).toMatchObject({ kind: 'mayday-report', source: { kind: 'day' }, counts: { residue: 0 } });
      expect(told.scenarios.map(({ title }: { title: string }) => title)).toEqual([
        'a pod dies',
        'the door breaks',
        'the leader is killed',
        'the leader is killed',
        'by hand',
        'a pod dies again',
      ]);
      const { scenarios, end } = readDay(readFileSync(journalOf(third), 'utf8').split('\n'));
      expect(scenarios.map(({ name, end, runs }) => [name, end, runs.length])).toEqual([
        ['a pod dies', 'done', 1],
        ['the door breaks', 'aborted', 1],
        ['the leader is killed', 'done', 2],
        ['by hand', 'done', 0],
        ['a pod dies again', 'done', 1],
      ]);
      expect(scenarios[2]?.runs[1]?.result).toMatchObject({ verdict: 'Degraded', residue: 0 });
      expect(end?.exitCode).toBe(6);
      expect(lasting(await stage.read('configmap', 'settings'))).toEqual(before);
      await stage.until('deployment', 'web', isUp);
      expect(JSON.parse((await stage.mayday(['-o', 'json', 'scan'])).stdout).injections).toEqual([]);
      await door.close();
    });

    test('stops for an injection that is not its own, and puts its own back', async ({ stage }) => {
      await stage.set();
      const door = await frontDoor();
      const agenda = [{ name: 'drift', experiment: stage.faultSpec({ ...drift, ttl: '60s' }), soak: '2s' }];
      const day = stage.start([
        '-o',
        'jsonl',
        'gameday',
        'run',
        plan(stage, door.url, { agenda }),
        '--yes',
        ...DESPITE,
      ]);
      await day.line(injectedIn('drift'));
      await stage.apply({
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: {
          name: 'somebody-else',
          labels: { 'app.kubernetes.io/managed-by': 'operator-chaos', 'chaos.operatorchaos.io/type': 'ConfigDrift' },
        },
      });
      const ended = await day.ended;
      expect(ended.code).toBe(6);
      expect(dayIn(ended).tripped).toMatchObject([{ condition: 'secondInjection', scenario: 'drift' }]);
      expect((await stage.read('configmap', 'settings')).data.mode).toBe('live');
      await door.close();
    });
  });
}
