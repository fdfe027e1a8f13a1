import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readDay } from '../../../src/gameday/journal/read-day.ts';
import { gameDay } from '../../support/game-day.ts';
import type { Pty } from '../../support/pty.ts';
import { makeHome, ROOT } from './home.ts';

const SIZE = { columns: 120, rows: 40 };
const person = makeHome();
const home = person.folder;
const KUBECONFIG = join(home, 'kubeconfig');
const DOOR = join(home, 'door');
let cluster: Pty;

const of = (file: string): string => join(ROOT, 'experiments', file);
const drift = (name: string, ttl: string) => ({
  name,
  experiment: of('llamastack/config-drift.yaml'),
  ttl,
  soak: '1s',
});
const kill = (name: string) => ({ name, experiment: of('kserve/main-controller-kill.yaml'), ttl: '60s', soak: '1s' });

beforeAll(async () => {
  mkdirSync(join(home, 'config/mayday'), { recursive: true });
  writeFileSync(join(home, 'config/mayday/config.yaml'), 'guardian: off\n');
  writeFileSync(DOOR, '');
  writeFileSync(
    join(home, 'day.yaml'),
    JSON.stringify(
      gameDay('keys', {
        namespaces: ['kserve', 'opendatahub'],
        agenda: [
          kill('first'),
          drift('second', '60s'),
          { name: 'third', byHand: 'look out of the window', hypothesis: 'nothing happens' },
          drift('fourth', '10s'),
          kill('fifth'),
        ],
        probes: [{ name: 'door', command: { run: ['test', '-e', DOOR] } }],
        abort: { probes: { brokenFor: '1s' }, api: false },
      }),
    ),
  );
  cluster = person.start(['sandbox', '--kubeconfig-out', KUBECONFIG], SIZE);
  await cluster.waitFor('serves at', 60_000);
});
afterAll(async () => {
  await cluster.kill();
  person.remove();
});

async function lead(file: string): Promise<Pty> {
  const pty = person.open(['--gameday', file], SIZE, { KUBECONFIG });
  await pty.waitFor('data LIVE', 60_000);
  pty.send('8');
  return pty;
}

/** Arms and injects what is next. */
async function inject(screen: Pty, name: string): Promise<void> {
  await screen.waitFor(now => now.includes(`NOW ${name} `) && now.includes('safe to inject: '), 60_000);
  await screen.press('\r', /ARMED 0:\d+ +i injects/);
  screen.send('i');
}

/** Answers what people are asked after a scenario. */
async function answer(screen: Pty, outcome: string, detected: string): Promise<void> {
  await screen.waitFor('passed, failed or unsure?', 60_000);
  await screen.press(outcome, 'was it detected?');
  await screen.press(detected, 'was it mitigated');
  screen.send('N');
}

it('a day of five scenarios is led by keys alone: one aborted by its own condition, one killed in mid-fault and gone on with', async () => {
  const screen = await lead(join(home, 'day.yaml'));
  await inject(screen, 'first');
  await screen.waitFor(/LIVE +PodKill/);
  await screen.press('d', 'seen by Ana');
  await screen.press('n', '#word in front tags it');
  await screen.press('#alert pager went off', 'pager went off_');
  await screen.press('\r', /\[alert\] pager went off +Ana/);
  await answer(screen, 'p', 'y');

  await inject(screen, 'second');
  await screen.waitFor(/LIVE +ConfigDrift/);
  rmSync(DOOR);
  await screen.waitFor(now => /TRIPPED +probes/.test(now) && now.includes('ABORTED second'), 60_000);
  await answer(screen, 'f', 'N');
  await screen.waitFor('NOT SAFE day: condition probes tripped', 60_000);
  writeFileSync(DOOR, '');
  await screen.press('o', now => !now.includes('STOPPED'));
  await screen.waitFor(/ARMED +probes +1 steady/);
  await screen.press('c', /safe to inject: .*enter begins/, 60_000);
  await screen.press('\r', 'do it now: look out of the window');
  screen.send('\r');
  await answer(screen, 'u', 'N');

  await inject(screen, 'fourth');
  await screen.waitFor(/LIVE +ConfigDrift/, 60_000);
  screen.signal('SIGKILL');
  await screen.exit;

  const days = join(home, 'state/mayday/days');
  const [day = ''] = readdirSync(days);
  const journal = join(days, day, 'journal.jsonl');
  const next = await lead(journal);
  await inject(next, 'fourth');
  // Nobody waits for the rest of it.
  await next.waitFor(/LIVE +ConfigDrift/, 60_000);
  next.send('x');
  await next.waitFor('OVER', 60_000);
  next.send('q');
  await next.exit;

  const last = await lead(journal);
  await last.waitFor('NOT SAFE day: stopped by Ana', 60_000);
  last.send('o');
  await inject(last, 'fourth');
  await answer(last, 'p', 'm');
  await inject(last, 'fifth');
  await answer(last, 'p', 'm');
  // The one that was aborted is not done.
  await last.waitFor(/OVER +4 of 5 scenarios done/, 60_000);
  const told = readDay(readFileSync(journal, 'utf8').split('\n'));
  expect(told.scenarios.map(({ name, end, outcome }) => [name, end, outcome?.outcome])).toEqual([
    ['first', 'done', 'passed'],
    ['second', 'aborted', 'failed'],
    ['third', 'done', 'unsure'],
    ['fourth', 'done', 'passed'],
    ['fifth', 'done', 'passed'],
  ]);
  expect(told.lifted).toMatchObject([{ receipts: [{ verified: true }], remaining: 0 }]);
  expect(told.notes).toMatchObject([{ text: 'pager went off', tag: 'alert', scenario: 'first' }]);
  expect(told.scenarios[0]?.seen).toMatchObject([{ by: { name: 'Ana' } }]);
  expect(told.scenarios.flatMap(({ runs }) => runs.map(({ result }) => result?.residue ?? 0))).not.toContain(1);
  expect(told.broken).toEqual([]);
}, 300_000);
