import { describe, expect, it } from 'vitest';
import { MOST_LOG_LINES, withLines } from '../../src/console/screens/object/view.ts';
import type { Inspection } from '../../src/health/inspect/inspection.ts';
import { literal } from '../../src/text/sanitise.ts';
import { type Script, script } from './support/fake-session.ts';
import { type Stage, stage } from './support/stage.ts';
import { troubleAt } from './support/trouble.ts';

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
const TROUBLE = troubleAt(pod);

async function onObject(changes: Partial<Script> = {}, shows = 'CONDITIONS'): Promise<Stage> {
  const play = script({
    triage: () => TROUBLE,
    inspect: ref => ({ ok: true, status: 200, value: { ...INSPECTION, object: ref } }) as never,
    log: ({ container, previous }) => [literal(`${container} ${previous ? 'before' : 'now'} says hello`)],
    ...changes,
  });
  const one = stage(play, { columns: 90, rows: 24 });
  await one.waitFor('data LIVE');
  await one.press('5', /ROOT CAUSES[\s\S]*Pod shop\/web-1/);
  await one.press('\r', shows);
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
    await one.press('v', 'kind: Pod');
    await one.press('L', 'web now says hello');
    expect(one.screen()).toContain('1 line, following');
    await one.press('\t', 'proxy now says hello');
    await one.press('p', 'LOG before the restart, proxy');
    await one.press('d', 'CONDITIONS');
  });

  it('goes to the owner with o, back to the object with esc, and back to triage with esc', async () => {
    const one = await onObject();
    await one.press('o', /ReplicaSet shop\/web ─/);
    await one.press('\u001b', /Pod shop\/web-1 ─/);
    await one.press('\u001b', 'ROOT CAUSES');
  });

  it('says why it could not be read, and reads again with c', async () => {
    let isThere = false;
    const inspect = () =>
      (isThere
        ? { ok: true, status: 200, value: INSPECTION }
        : { ok: false, reason: 'not-found', message: literal('pods "web-1" not found') }) as never;
    const one = await onObject({ inspect }, 'not read: pods "web-1" not found');
    isThere = true;
    await one.press('c', 'CONDITIONS');
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
