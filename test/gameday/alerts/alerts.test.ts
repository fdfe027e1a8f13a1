import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { type Alert, alertOf, alertText, isOutside, matches } from '../../../src/gameday/alerts/alert.ts';
import { askAlerts } from '../../../src/gameday/alerts/ask.ts';
import { type AlertWatchDeps, createAlertWatch } from '../../../src/gameday/alerts/watch.ts';
import { alerts as alertRules } from '../../../src/gameday/plan/alert-rules.ts';
import { fetchText } from '../../../src/host/fetch-text.ts';
import { hasInvisible } from '../../../src/text/json.ts';
import { manualClock } from '../../support/manual-clock.ts';
import { monitoring } from './monitoring.ts';

let server: Awaited<ReturnType<typeof monitoring>>;
beforeEach(async () => {
  server = await monitoring();
});
afterEach(() => server.close());

const SLOW = { alertname: 'SlowCheckout', severity: 'warning', namespace: 'shop' };
const DOWN = { alertname: 'PaymentsDown', severity: 'critical', namespace: 'payments' };
const world = { fetch: fetchText };

describe('what fires', () => {
  test('is asked of Prometheus and of Alertmanager as they are asked, and kept to the labels of the plan', async () => {
    server.says.firing = [SLOW, DOWN];
    const rules = alertRules.parse({
      prometheus: `${server.url}/`,
      alertmanager: server.url,
      match: { severity: 'crit*' },
    });
    const answers = await askAlerts(world, rules);
    const labels = { severity: 'critical', namespace: 'payments' };
    expect(answers).toEqual([
      { source: 'prometheus', ok: true, firing: [{ source: 'prometheus', name: 'PaymentsDown', labels }] },
      { source: 'alertmanager', ok: true, firing: [{ source: 'alertmanager', name: 'PaymentsDown', labels }] },
    ]);
    expect(server.asked.toSorted()).toEqual([
      '/api/v1/query?ALERTS{alertstate="firing"}',
      '/api/v2/alerts?active,true&silenced,false&inhibited,false&unprocessed,false',
    ]);
  });

  test('is not known where there is no answer, another one, or an error: never nothing', async () => {
    const ask = async () => (await askAlerts(world, alertRules.parse({ prometheus: server.url, timeout: '5s' })))[0];
    server.says.body = '<html>log in</html>';
    expect(await ask()).toMatchObject({ ok: false, why: 'expected an answer of Prometheus, found something else' });
    server.says.body = '{"status":"error","error":"x"}';
    expect(await ask()).toMatchObject({ ok: false });
    server.says.status = 503;
    expect(await ask()).toEqual({ source: 'prometheus', ok: false, why: 'answered 503' });
    const gone = await askAlerts(world, alertRules.parse({ alertmanager: 'http://127.0.0.1:1' }));
    expect(gone).toMatchObject([{ source: 'alertmanager', ok: false }]);
  });

  test('leaves out what is silenced, which tells nobody', async () => {
    server.says.firing = [{ ...DOWN, silenced: 'yes' }, SLOW];
    const [answer] = await askAlerts(world, alertRules.parse({ alertmanager: server.url }));
    expect(answer).toMatchObject({ ok: true, firing: [{ name: 'SlowCheckout' }] });
  });

  test('is sanitised', () => {
    const alert = alertOf('prometheus', { alertname: 'a\u001b[2Jb', 'x\u0000': 'y\u202e', bad: 3 }) as Alert;
    expect(hasInvisible(alertText(alert))).toBe(false);
    expect(alertOf('prometheus', { no: 'name' })).toBeUndefined();
    expect(alertOf('alertmanager', null)).toBeUndefined();
  });
});

test('labels match by name, alertname too; outside is what names no namespace of the scope', () => {
  const alert = { source: 'prometheus', name: 'PaymentsDown', labels: { team: 'payments-eu' } } as const;
  expect(matches(alert, { alertname: 'Pay*', team: 'payments-*' })).toBe(true);
  expect(matches(alert, { severity: '*' })).toBe(false);
  expect(isOutside(alert, ['shop'])).toBe(true);
  expect(isOutside({ ...alert, labels: { namespace: 'shop' } }, ['shop'])).toBe(false);
});

/** Follows a server; `look` lets the time between two looks pass, and waits for the next. */
function following(own: Partial<AlertWatchDeps> = {}) {
  const clock = manualClock();
  const fired: string[] = [];
  const answered: string[] = [];
  const watch = createAlertWatch({
    world,
    clock,
    realClock: clock,
    rules: alertRules.parse({ prometheus: server.url }),
    incident: { severity: 'critical' },
    namespaces: ['shop'],
    onAlert: ({ name }) => fired.push(name),
    onAnswer: (source, why) => answered.push(`${source} ${why ?? 'answers'}`),
    ...own,
  });
  return {
    fired,
    answered,
    watch,
    async look() {
      await clock.advance(2_000);
      await vi.waitFor(() => expect(clock.sleeping).toHaveLength(2), { timeout: 60_000 });
    },
  };
}

describe('while a scenario is under way', () => {
  test('an alert that begins is told once, one that fired before is not, and one that begins again is', async () => {
    server.says.firing = [DOWN];
    const { fired, answered, watch, look } = following();
    await watch.begin();
    await look();
    server.says.firing = [DOWN, SLOW];
    await look();
    await look();
    expect(fired).toEqual(['SlowCheckout']);
    server.says.firing = [SLOW];
    await look();
    server.says.firing = [SLOW, DOWN];
    await look();
    expect(fired).toEqual(['SlowCheckout', 'PaymentsDown']);
    expect(answered).toEqual(['prometheus answers']);
    // Only what is outside of the scope and has the labels of the plan is an incident.
    expect(watch.incidents()).toEqual(['PaymentsDown {namespace=payments, severity=critical}']);
    watch.end();
    expect(watch.incidents()).toBeUndefined();
  });

  test('no answer is BLIND and told as such; what fired when the answers come back is not new', async () => {
    server.says.status = 503;
    const { fired, answered, watch, look } = following();
    await watch.begin();
    expect(watch.incidents()).toBeUndefined();
    server.says.status = 200;
    server.says.firing = [DOWN];
    await look();
    expect(fired).toEqual([]);
    expect(answered).toEqual(['prometheus answered 503', 'prometheus answers']);
    // Known now: a silence in between forgets nothing.
    server.says.status = 503;
    await look();
    server.says.status = 200;
    server.says.firing = [DOWN, SLOW];
    await look();
    expect(fired).toEqual(['SlowCheckout']);
    watch.end();
  });

  test('an incident that fires already is told before anything is injected, and so is that nobody answers', async () => {
    server.says.firing = [SLOW, DOWN];
    const { watch } = following();
    expect(await watch.incidentsNow()).toEqual({
      incidents: ['PaymentsDown {namespace=payments, severity=critical}'],
      blind: [],
    });
    server.says.status = 500;
    expect(await watch.incidentsNow()).toEqual({ incidents: [], blind: ['prometheus: answered 500'] });
  });
});
