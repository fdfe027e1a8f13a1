import { afterEach, describe, expect, it } from 'vitest';
import { MOST_LOG_LINES, withLines } from '../../src/console/screens/object/view.ts';
import type { Inspection } from '../../src/health/inspect/inspection.ts';
import { literal } from '../../src/text/sanitise.ts';
import { finding } from '../../src/triage/build.ts';
import { GATES } from '../../src/triage/gates.ts';
import { conclude } from '../../src/triage/result.ts';
import { type Script, script } from './support/fake-session.ts';
import { type Stage, stage } from './support/stage.ts';

const pod = { apiVersion: 'v1', kind: 'Pod', namespace: 'shop', name: 'web-1' };
const owner = { apiVersion: 'apps/v1', kind: 'ReplicaSet', namespace: 'shop', name: 'web' };
const INSPECTION: Inspection = {
  object: pod,
  sections: [
    { title: 'CONDITIONS', rows: [{ state: 'warn', text: literal('Ready False  ContainersNotReady') }] },
    { title: 'EVENTS', rows: [], blind: literal('forbidden') },
    { title: 'OWNERS', rows: [{ text: literal('ReplicaSet shop/web'), object: owner }] },
  ],
  yaml: [literal('kind: Pod'), literal('metadata:')],
  containers: [literal('web'), literal('proxy')],
};
const TROUBLE = conclude(
  GATES.map(({ id, name }) => ({
    id,
    name,
    ms: 0,
    blind: [],
    status: 'FAIL' as const,
    findings: id === 'G9' ? [finding({ rule: 'pod/x', severity: 'high', object: pod, summary: 'broken' })] : [],
  })),
);

let open: Stage[] = [];
afterEach(async () => {
  await Promise.all(open.map(one => one.end()));
  open = [];
});

async function onObject(changes: Partial<Script> = {}): Promise<Stage> {
  const play = script({
    triage: () => TROUBLE,
    inspect: ref => ({ ok: true, status: 200, value: { ...INSPECTION, object: ref } }) as never,
    log: ({ container, previous }) => [literal(`${container} ${previous ? 'before' : 'now'} says hello`)],
    ...changes,
  });
  const one = stage(play, { columns: 90, rows: 24 });
  open.push(one);
  await one.waitFor('data LIVE');
  one.send('5');
  await one.waitFor(/ROOT CAUSES[\s\S]*Pod shop\/web-1/);
  one.send('\r');
  await one.waitFor('CONDITIONS');
  return one;
}

describe('the object screen', () => {
  it('opens from a finding with enter: what is well, what is not, and what may not be read', async () => {
    const one = await onObject();
    expect(one.screen()).toContain('! Ready False ContainersNotReady');
    expect(one.screen()).toContain('? BLIND forbidden');
    expect(one.screen()).toContain('ReplicaSet shop/web');
  });

  it('shows the YAML with v, the log with L, the next container with tab, the one before with p', async () => {
    const one = await onObject();
    one.send('v');
    await one.waitFor('kind: Pod');
    one.send('L');
    await one.waitFor('web now says hello');
    expect(one.screen()).toContain('1 lines, following');
    one.send('\t');
    await one.waitFor('proxy now says hello');
    one.send('p');
    await one.waitFor('LOG before the restart, proxy');
    one.send('d');
    await one.waitFor('CONDITIONS');
  });

  it('goes to the owner with o, back to the object with esc, and back to triage with esc', async () => {
    const one = await onObject();
    one.send('o');
    await one.waitFor(/ReplicaSet shop\/web ─/);
    one.send('\u001b');
    await one.waitFor(/Pod shop\/web-1 ─/);
    one.send('\u001b');
    await one.waitFor('ROOT CAUSES');
  });

  it('says why it could not be read, and reads again with c', async () => {
    let isThere = false;
    const one = stage(
      script({
        triage: () => TROUBLE,
        inspect: () =>
          (isThere
            ? { ok: true, status: 200, value: INSPECTION }
            : { ok: false, reason: 'not-found', message: literal('pods "web-1" not found') }) as never,
      }),
      { columns: 90, rows: 24 },
    );
    open.push(one);
    await one.waitFor('data LIVE');
    one.send('5');
    await one.waitFor(/ROOT CAUSES[\s\S]*Pod shop\/web-1/);
    one.send('\r');
    await one.waitFor('not read: pods "web-1" not found');
    isThere = true;
    one.send('c');
    await one.waitFor('CONDITIONS');
  });
});

describe('the lines of a log', () => {
  it('are a ring: the oldest go, and are counted', () => {
    const empty = {
      container: 'web',
      previous: false,
      lines: [],
      dropped: 0,
      isCut: false,
      message: 'x',
      follows: true,
    };
    const line = (i: number) => literal(`line ${i}`);
    const full = withLines(
      empty,
      Array.from({ length: MOST_LOG_LINES }, (_, i) => line(i)),
      false,
    );
    const over = withLines(full, [line(-1), line(-2)], true);
    expect(over.lines).toHaveLength(MOST_LOG_LINES);
    expect(over.lines[0]).toBe('line 2');
    expect(over).toMatchObject({ dropped: 2, isCut: true, message: '' });
  });
});
