import { describe, expect, it } from 'vitest';
import { clipboardSequence } from '../../src/console/app/terminal/clipboard.ts';
import type { FixPlan } from '../../src/console/screens/fix/view.ts';
import { MONO } from '../../src/console/widgets/theme.ts';
import { literal, sanitise } from '../../src/text/sanitise.ts';
import { width } from '../../src/text/width.ts';
import { finding } from '../../src/triage/finding/build.ts';
import { conclude, type Triage } from '../../src/triage/finding/result.ts';
import { GATES } from '../../src/triage/gates.ts';
import type { GateResult } from '../../src/triage/run/gate-run.ts';
import { isAscii } from '../support/ansi.ts';
import { finding as injection, type Script, script } from './support/fake-session.ts';
import { NOW } from './support/objects.ts';
import { type Stage, stage } from './support/stage.ts';
import { painted, rows, SETTINGS, shown, state } from './support/view.ts';

const web = { apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'shop', name: 'web' };
const service = { apiVersion: 'v1', kind: 'Service', namespace: 'shop', name: 'web' };
const FIX = "kubectl set env -n shop deployment/web MODE='a b'";

const broken = finding({
  rule: 'pod/config-key',
  severity: 'high',
  object: web,
  summary: 'its pods cannot start: key MODE is not in ConfigMap web',
  since: { at: NOW - 300_000, exact: true },
  evidence: ['status.containerStatuses[web].state.waiting.reason: CreateContainerConfigError'],
  cause: 'ConfigMap web has MODES, which is close',
  fixes: [{ text: 'Name the key that is there', command: FIX, safe: true }],
});
const follows = finding({
  rule: 'service/no-endpoints',
  severity: 'high',
  object: service,
  summary: 'no ready endpoint',
  because: [{ kind: 'Deployment', namespace: 'shop', name: 'web' }],
});

const gate = (id: GateResult['id'], changes: Partial<GateResult> = {}): GateResult => ({
  id,
  name: GATES.find(one => one.id === id)?.name ?? '',
  status: 'PASS',
  ms: 1,
  findings: [],
  blind: [],
  ...changes,
});
const allGates = (changed: readonly GateResult[] = []): GateResult[] =>
  GATES.map(({ id }) => changed.find(one => one.id === id) ?? gate(id));
const TROUBLE: Triage = conclude(allGates([gate('G9', { status: 'FAIL', findings: [broken, follows] })]));

const at = (result: Triage | undefined, changes = {}) =>
  state({
    screens: ['deck', 'triage'],
    triage: {
      phase: 'done',
      gates: result?.gates ?? [],
      result,
      at: NOW - 3_000,
      message: '',
      top: 0,
      ...changes,
    },
  });

describe('the triage screen', () => {
  it.each([
    [80, 24],
    [120, 40],
    [200, 50],
    [60, 16],
  ])('shows at %i by %i what is broken, why, and the fix', (columns, height) => {
    const lines = rows(at(TROUBLE), columns, height);
    const text = lines.join('\n');
    expect(lines.map(row => width(row))).toEqual(lines.map(() => columns));
    expect(text).toContain('Deployment shop/web');
    expect(text).toMatch(/ROOT CAUSES .*1, 3s ago/);
    expect(text).toContain('G9 workloads and objects FAIL');
    if (height < 24) return;
    expect(text).toContain('cause   ConfigMap web has MODES');
    expect(text).toContain('CreateContainerConfigError');
    expect(text).toContain('fix     Name the key that is there');
    expect(text).toContain(FIX);
    expect(text).toMatch(/1 follows from it/);
    expect(text).toContain('Service shop/web: no ready endpoint');
  });

  it('works out the rows of an answer once, however often it is drawn', () => {
    let named = 0;
    const counted = {
      ...broken,
      object: {
        ...broken.object,
        // Only the id of a finding is made of it.
        get apiVersion() {
          named += 1;
          return broken.object.apiVersion;
        },
      },
    };
    const gates = allGates([gate('G9', { status: 'FAIL', findings: [counted] })]);
    const result: Triage = { gates, roots: [{ finding: counted, gate: 'G9', follows: [] }] };
    const first = rows(at(result), 120, 40);
    expect(named).toBe(1);
    expect(rows(at(result, { top: 1 }), 80, 24)).not.toEqual([]);
    expect(rows(at(result), 120, 40)).toEqual(first);
    expect(named).toBe(1);
  });

  it('folds what follows under its root: the list has one row', () => {
    const lines = rows(at(TROUBLE), 200, 50);
    expect(lines.filter(row => /✗ FAIL {5}/.test(row))).toHaveLength(1);
    expect(lines.find(row => row.includes('✗ FAIL     '))).toContain('1 follow');
  });

  it('claims that nothing is broken only where all could be read', () => {
    expect(shown(at(conclude(allGates())))).toContain('nothing is broken');
    const blind = gate('G2', { status: 'BLIND', blind: [{ what: 'Node', reason: 'forbidden' } as never] });
    const text = shown(at(conclude(allGates([blind]))));
    expect(text).toContain('nothing broken in what could be read; BLIND in G2');
    expect(text).toContain('G2 nodes BLIND');
  });

  it('says so while it looks, and when it cannot', () => {
    expect(shown(at(undefined, { phase: 'looking', gates: [gate('G0')] }))).toContain('looking: 1 of 10 gates');
    expect(shown(at(undefined, { phase: 'failed', message: 'no route to host' }))).toContain(
      'the cluster could not be read: no route to host',
    );
    // What was known before stays while it looks again.
    expect(shown(at(TROUBLE, { phase: 'looking', gates: [] }))).toContain('Deployment shop/web');
  });

  it('is ASCII where it must be', () => {
    const text = painted({ ...at(TROUBLE), settings: { ...SETTINGS, ascii: true } }, MONO).join('\n');
    expect(isAscii(text)).toBe(true);
  });
});

describe('the triage screen in a terminal', () => {
  function play(changes: Partial<Script>): Stage {
    const one = stage(script(changes), { columns: 100, rows: 30 });
    return one;
  }

  it('opens with 5 from the deck, looks by itself, copies the fix with y, and goes home with 1', async () => {
    const one = play({ triage: () => TROUBLE });
    await one.waitFor('data LIVE');
    await one.press('5', /ROOT CAUSES[\s\S]*Deployment shop\/web/);
    await one.press('y', 'copied: kubectl set env');
    expect(one.raw()).toContain(Buffer.from(FIX).toString('base64'));
    await one.press('1', 'VERDICTS');
  });

  it('looks again with c, and shows what is there then', async () => {
    let result = TROUBLE;
    const one = play({ triage: () => result });
    await one.waitFor('data LIVE');
    await one.press('5', /ROOT CAUSES[\s\S]*Deployment shop\/web/);
    result = conclude(allGates());
    await one.press('c', 'nothing is broken');
  });
});

describe('a fix from the triage screen', () => {
  const plan = (fix: string, others: string[]): FixPlan => ({
    finding: 'f',
    fix,
    title: sanitise(`${fix} Deployment shop/web`),
    about: literal(`Does ${fix}.`),
    writes: [literal(`patch  ${fix} of Deployment shop/web`)],
    warnings: [literal('Argo CD will undo this')],
    undo: literal('roll back'),
    others: others.map(fix => ({ fix, title: sanitise(`${fix} Deployment shop/web`) })),
  });
  async function onTriage(changes: Partial<Script>): Promise<Stage> {
    const one = stage(script({ triage: () => TROUBLE, ...changes }), { columns: 100, rows: 30 });
    await one.waitFor('data LIVE');
    await one.press('5', /ROOT CAUSES[\s\S]*Deployment shop\/web/);
    await one.press('x', /FIX ─/);
    return one;
  }

  it('is shown with what it writes, and done only by a single y; the receipt stands below it', async () => {
    const done: string[] = [];
    const one = await onTriage({
      planFix: (_, fix) => plan(fix ?? 'restart', ['rollback']),
      applyFix: ({ fix }) => {
        done.push(fix);
        return { isDone: true, lines: [literal('done, read back: Deployment shop/web')] };
      },
    });
    await one.waitFor('patch restart of Deployment shop/web');
    expect(one.screen()).toContain('but: Argo CD will undo this');
    expect(one.screen()).toMatch(/^ {2}restart Deployment shop\/web *$/m);
    expect(one.screen()).toContain('tab  instead: rollback Deployment shop/web');
    await one.press('\t', 'rollback of Deployment shop/web');
    expect(done).toEqual([]);
    await one.press('y', 'done, read back: Deployment shop/web');
    expect(done).toEqual(['rollback']);
    await one.press('y', 'y: nothing is planned');
    expect(done).toEqual(['rollback']);
    // Before it shows, another fix of the same object could undo it.
    await one.press('\u001b', /WHY[\s\S]*done +\d+s ago: rollback Deployment shop\/web\. It may take a minute to show/);
    await one.press('x', 'but: ');
    expect(one.screen()).toMatch(/but: \d+s ago: rollback Deployment shop\/web\./);
  });

  it('wants the name of a protected context typed, and does nothing by enter or y before', async () => {
    const done: string[] = [];
    const one = await onTriage({
      isProtected: true,
      planFix: (_, fix) => plan(fix ?? 'restart', []),
      applyFix: ({ fix }) => {
        done.push(fix);
        return { isDone: true, lines: [literal('done, read back')] };
      },
    });
    await one.waitFor('prod-eu-1 is protected: type its name, then enter');
    await one.press('y', '> y_');
    await one.press('\r', 'prod-eu-1 is protected: type its name first');
    expect(done).toEqual([]);
    await one.press('\u007f', '> _');
    await one.press('prod-eu-1', '> prod-eu-1_');
    await one.press('\r', 'done, read back');
    expect(done).toEqual(['restart']);
  });

  it('that deleted something offers to put it back', async () => {
    const asked: string[] = [];
    const one = await onTriage({
      planFix: (_, fix) => plan(fix ?? 'delete', []),
      applyFix: () => ({ isDone: true, lines: [literal('done, read back')], saved: '/saved.json' }),
      putBack: path => {
        asked.push(path);
        return { isDone: true, lines: [literal('made again')] };
      },
    });
    await one.press('u', 'u: nothing was deleted that could be put back');
    await one.press('y', 'puts back what was deleted');
    await one.press('u', 'made again');
    expect(asked).toEqual(['/saved.json']);
  });

  it('of a dead webhook is also to ignore it for a while, where it only follows, too; elsewhere the key says why not', async () => {
    const asked: unknown[] = [];
    const planFix: Script['planFix'] = (_, fix, follows) => {
      asked.push([fix, follows.map(({ rule }) => rule)]);
      return plan(fix ?? 'restart', []);
    };
    const other = await onTriage({ planFix });
    await other.press('\u001b', 'ROOT CAUSES');
    await other.press('I', 'I: no webhook that blocks is at fault here');
    asked.length = 0;

    const web = { kind: 'Deployment', namespace: 'shop', name: 'web' };
    const hook = { apiVersion: 'admissionregistration.k8s.io/v1', kind: 'ValidatingWebhookConfiguration', name: 'w' };
    const findings = [
      finding({ rule: 'pod/probe', severity: 'high', object: { apiVersion: 'apps/v1', ...web }, summary: 'not ready' }),
      finding({ rule: 'webhook/no-endpoints', severity: 'high', object: hook, summary: 'dead', because: [web] }),
    ];
    const triage = () => conclude(allGates([gate('G4', { status: 'FAIL', findings })]));
    const one = await onTriage({ planFix, triage });
    await one.press('\u001b', 'ROOT CAUSES');
    await one.press('I', 'ignore of Deployment shop/web');
    expect(asked).toEqual([
      [undefined, ['webhook/no-endpoints']],
      ['ignore', ['webhook/no-endpoints']],
    ]);
  });

  it('says why where mayday cannot fix it by itself', async () => {
    const one = await onTriage({});
    await one.waitFor('mayday cannot fix this by itself: ask somebody');
  });

  it('of an injection is its revert: the fault is chosen and asked for', async () => {
    const kinds = ['one', 'two'] as const;
    const injections = kinds.map(name =>
      finding({
        rule: 'chaos/ConfigDrift',
        severity: 'critical',
        object: { apiVersion: 'v1', kind: 'ConfigMap', namespace: 'shop', name },
        summary: `a fault is injected into ${name}`,
      }),
    );
    const one = stage(
      script({
        triage: () => conclude(allGates([gate('G1', { status: 'FAIL', findings: injections })])),
        findings: () =>
          kinds.map(name =>
            injection(name, { object: { apiVersion: 'v1', kind: 'ConfigMap', namespace: 'shop', name } }),
          ),
      }),
      { columns: 100, rows: 30 },
    );
    await one.waitFor('data LIVE');
    await one.press('4', 'ConfigMap shop/two');
    await one.press('5', /ROOT CAUSES[\s\S]*ConfigMap shop\/two/);
    await one.press('j', /▸.*shop\/two/);
    await one.press('x', /REVERT THIS ONE[\s\S]*ConfigMap shop\/two/);
    expect(one.screen()).not.toContain('shop/one');
  });
});

describe('the clipboard', () => {
  it('goes to tmux, and through it in an envelope, and is cut where terminals stop', () => {
    expect(clipboardSequence('ab', {})).toBe('\u001b]52;c;YWI=\u0007');
    expect(clipboardSequence('ab', { TMUX: '/tmp/tmux' })).toBe(
      '\u001b]52;c;YWI=\u0007\u001bPtmux;\u001b\u001b]52;c;YWI=\u0007\u001b\\',
    );
    expect(clipboardSequence('x'.repeat(80_000), {})).toHaveLength(Math.ceil(74_994 / 3) * 4 + 8);
  });
});
