import { describe, expect, it } from 'vitest';
import { leftoversOf } from '../../src/console/screens/mayday/leftovers.ts';
import { withFindingIds } from '../../src/console/screens/mayday/reverting.ts';
import type { MaydayView } from '../../src/console/store/state.ts';
import type { Receipt } from '../../src/injection/write/receipt.ts';
import type { ClusterExperiment } from '../../src/revert/stop/cluster-experiment.ts';
import type { Stop } from '../../src/revert/stop/stop.ts';
import type { Clean } from '../../src/text/sanitise.ts';
import { finding } from './support/fake-session.ts';
import { NOW } from './support/objects.ts';
import { rows, shown, state, T } from './support/view.ts';

const at = (changes: Partial<MaydayView>) =>
  state({ screens: ['deck', 'mayday'], mayday: { ...state().mayday, ...changes } });
const receipt = (id: string, changes: Partial<Receipt> = {}): Receipt => {
  const { type, object } = finding('x');
  return {
    id,
    type,
    object,
    outcome: 'reverted',
    verified: true,
    requests: 3,
    ms: 60,
    message: 'image ledger:4.1',
    ...changes,
  };
};
const end = (changes: Partial<NonNullable<MaydayView['end']>> = {}) => ({
  remaining: 0,
  receipts: [receipt('a')],
  blind: 0,
  requests: 31,
  ms: 800,
  latched: true,
  ...changes,
});

describe('the MAYDAY screen', () => {
  it('shows findings while the scan is still running, and how far it is', () => {
    const text = shown(at({ phase: 'scanning', done: 61, total: 68, findings: [finding('ledger')] }));
    expect(text).toMatch(/MAYDAY {3}prod-eu-1 +scanning 61 of 68 kinds/);
    expect(text).toMatch(/► injected {2}ImageCorrupt +Deployment shop\/ledger +operator-chaos, 14m ago/);
    expect(text).toContain('!  once more (or y) reverts all of it, verified');
  });

  it('counts findings by what they need', () => {
    const findings = [
      finding('a'),
      finding('b', { state: 'diverged' }),
      finding('c', { state: 'restored' }),
      finding('d', { state: 'corrupt' }),
      finding('e', { state: 'foreign' }),
    ];
    const text = shown(at({ phase: 'found', findings, blind: [{ resource: 'secrets', reason: 'forbidden' }] }), 120);
    expect(text).toContain(
      '5 injections found   1 to restore   ✓ 1 already restored   ⚑ 1 diverged   ✗ 1 corrupt   1 of another tool   ? BLIND to 1',
    );
    expect(text).toContain('BLIND  secrets: forbidden');
  });

  it('says overdue where a TTL has passed', () => {
    expect(shown(at({ phase: 'found', findings: [finding('a', { expiresAt: NOW - 61_000 })] }))).toContain(
      'OVERDUE 1m1s',
    );
  });

  it('shows at 80 columns in full what went wrong, and a good message only where it says something', () => {
    const why = 'users "alice" may not patch configmaps in namespace shop; ask for: patch configmaps in namespace shop';
    const receipts = new Map([
      ['a', receipt('a', { outcome: 'failed', verified: false, message: why })],
      ['b', receipt('b', { message: 'restored the image of the container ledger in Deployment shop/b' })],
    ]);
    const text = shown(at({ phase: 'reverting', receipts }));
    expect(text.replace(/\s+/g, ' ')).toContain(why);
    expect(text).toMatch(/shop\/x +(restored the image of \S.*… )?reverted/);
  });

  it('shows a receipt for each, by wave, and the number that remain', () => {
    const found = finding('ledger');
    const text = shown(
      at({
        phase: 'done',
        findings: [found],
        waves: new Map([[found.id, { wave: 3, name: 'the rest' }]]),
        receipts: new Map([[found.id, receipt(found.id)]]),
        end: end(),
      }),
    );
    expect(text).toMatch(/WAVE 4 the rest +✓ Deployment shop\/x {2}image ledger:4.1 +reverted 0.06s/);
    expect(text).toContain('✓ REMAIN 0   verified 1   requests 31   0.8s');
    expect(text).toContain('latch ON');
  });

  it('shows the experiments of the framework controller with phase and end, and what will inject again', () => {
    const order = (name: string, changes: object = {}): ClusterExperiment => ({
      id: `ChaosExperiment:shop/${name}`,
      object: { apiVersion: 'chaos.operatorchaos.io/v1alpha1', kind: 'ChaosExperiment', namespace: 'shop', name },
      type: 'ConfigDrift' as Clean,
      phase: 'Observing' as Clean,
      state: 'live',
      isHeld: true,
      reach: { type: 'ConfigDrift', namespaces: ['shop'] },
      ...changes,
    });
    const orders = [
      order('on', { ttlEnd: NOW + 61_000 }),
      order('late', { ttlEnd: NOW - 61_000, state: 'stuck' }),
      order('next', { state: 'pending', phase: 'Pending' }),
    ];
    const text = shown(at({ phase: 'found', orders }), 120);
    expect(text).toContain('2 experiments of the framework live   1 WILL INJECT again');
    expect(text).toMatch(/live +ConfigDrift +ChaosExperiment shop\/on +Observing, TTL ends in 1m1s/);
    expect(text).toMatch(/stuck .*shop\/late +Observing, held, Terminating, OVERDUE 1m1s/);
    expect(text).toMatch(/pending .*shop\/next +Pending, will inject/);
    expect(text).toContain('reverts all of it, verified');
    const stop = (id: string, verified: boolean): Stop => ({
      id,
      what: 'experiment',
      tool: 'operator-chaos',
      object: order('on').object,
      outcome: verified ? 'released' : 'failed',
      verified,
      ms: 10,
      message: 'its finalizer is still there',
    });
    const stops = new Map(orders.map(({ id }, index) => [id, stop(id, index !== 1)]));
    const done = shown(at({ phase: 'done', orders, stops, end: end({ remaining: 1 }) }), 120);
    expect(done).toContain('1 experiment of the framework live');
    expect(done).not.toContain('WILL INJECT');
    expect(done).toMatch(/its finalizer is still there +NOT STOPPED/);
  });

  it('never calls zero what it could not see', () => {
    expect(shown(at({ phase: 'done', end: end({ blind: 2 }) }))).toContain('? REMAIN 0 seen, BLIND to 2');
    expect(shown(at({ phase: 'done', end: end({ remaining: undefined, message: 'timed out' } as never) }))).toContain(
      '? REMAIN unknown: timed out',
    );
    expect(shown(at({ phase: 'done', end: end({ remaining: 2 }) }))).toContain('✗ REMAIN 2');
    expect(shown(at({ phase: 'found', blind: [{ resource: 'secrets', reason: 'forbidden' }] }))).toContain(
      'nothing found in what could be read; BLIND to 1',
    );
    expect(shown(at({ phase: 'found' }))).toContain('✓ no injection in the cluster');
  });

  it('tells apart what failed, what diverged and what was not verified', () => {
    const receipts = new Map([
      ['a', receipt('a', { outcome: 'failed', verified: false, message: 'blocked by webhook w' })],
      ['b', receipt('b', { outcome: 'diverged', verified: false, message: 'live is canary' })],
      ['c', receipt('c', { verified: false })],
    ]);
    const text = shown(at({ phase: 'reverting', receipts }), 120);
    expect(text).toMatch(/✗ .*blocked by webhook w +FAILED/);
    expect(text).toMatch(/⚑ .*live is canary +DIVERGED/);
    expect(text).toMatch(/✗ .*reverted, NOT VERIFIED/);
  });

  it('counts what needs a word apart from what could not be restored', () => {
    const receipts = new Map([
      ['a', receipt('a', { outcome: 'failed', verified: false })],
      ['b', receipt('b', { outcome: 'unconfirmed', verified: false })],
      ['c', receipt('c', { outcome: 'unconfirmed', verified: false })],
      ['d', receipt('d')],
    ]);
    const text = shown(at({ phase: 'reverting', receipts }), 120);
    expect(text).toContain('✓ 1 restored   ✗ 1 not   2 need your word');
    const only = new Map([['b', receipt('b', { outcome: 'unconfirmed', verified: false })]]);
    const one = shown(at({ phase: 'reverting', receipts: only }), 120);
    expect(one).toContain('1 needs your word');
    expect(one).not.toMatch(/\d not\b/);
  });

  it('goes on trying when nobody answers', () => {
    const text = shown(at({ phase: 'unreachable', message: 'connect ECONNREFUSED', retryAt: T + 1_500 }));
    expect(text).toContain('UNREACHABLE, next try in 2s');
    expect(text).toContain('connect ECONNREFUSED; the scan is tried again until it answers');
  });

  it('scrolls a long list and says what is out of sight', () => {
    const findings = Array.from({ length: 40 }, (_, i) => finding(`v${i}`));
    expect(rows(at({ phase: 'found', findings }))[4]).toMatch(/23 more below: pagedown$/);
    const scrolled = shown(at({ phase: 'found', findings, top: 99 }));
    expect(scrolled).toContain('shop/v39');
    expect(scrolled).toContain('23 more above');
  });
});

describe('withFindingIds', () => {
  it('shows under its finding what a run of ours reverted itself', () => {
    const found = finding('ledger');
    const reverted = { ...receipt('by the run'), object: found.object };
    const elsewhere = receipt('other');
    expect(withFindingIds([reverted, elsewhere], [found]).map(one => one.id)).toEqual([found.id, 'other']);
    const text = shown(
      at({
        phase: 'done',
        findings: [found],
        receipts: new Map([[found.id, reverted]]),
        end: end({ receipts: [reverted] }),
      }),
    );
    expect(text).toContain('1 injection found   ✓ 1 restored');
    expect(text).not.toContain('to restore');
    expect(text).toMatch(/✓ Deployment shop\/ledger .*reverted/);
  });
});

describe('leftoversOf', () => {
  it('counts what is past its time and what dead runs left, and nothing that is still watched', () => {
    const findings = [
      finding('over', { expiresAt: NOW - 1 }),
      finding('live', { expiresAt: NOW + 1 }),
      finding('dead', { run: 'r9', experiment: 'drift' }),
      finding('other', { state: 'foreign' }),
    ];
    expect(leftoversOf(findings, [{ run: 'r9', experiment: 'drift', open: 1 }], NOW)).toMatchObject({ count: 2 });
    expect(leftoversOf([], [], NOW).count).toBe(0);
  });

  it('believes the journals where they know of more than was found', () => {
    expect(leftoversOf([], [{ run: 'r9', experiment: 'drift', open: 2 }], NOW)).toEqual({ count: 2, example: 'drift' });
  });
});
