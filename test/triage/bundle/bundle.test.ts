import { describe, expect, test } from 'vitest';
import { ASCII } from '../../../src/text/glyphs.ts';
import { bundleOf } from '../../../src/triage/bundle/bundle.ts';
import { openBundle } from '../../../src/triage/bundle/open-bundle.ts';
import { findObject } from '../../../src/triage/facts/find-object.ts';
import { conclude } from '../../../src/triage/finding/result.ts';
import { GATES } from '../../../src/triage/gates.ts';
import { triageText } from '../../../src/triage/report/text.ts';
import { statusOf } from '../../../src/triage/run/gate-run.ts';
import type { Looked } from '../../../src/triage/run/look.ts';
import { viewOf } from '../../support/view.ts';
import { found } from '../support.ts';

const now = Date.UTC(2026, 10, 21, 12);
const about = { context: 'prod', server: 'https://10.0.0.1:6443', user: 'alice', now };
const versions = { mayday: '1', server: 'v1.36.3', rules: ['pod/x'] };
const view = viewOf([
  {
    kind: 'Deployment',
    metadata: { namespace: 'shop', name: 'web' },
    spec: { template: { spec: { containers: [{ name: 'c', env: [{ name: 'PASSWORD', value: 'hunter2' }] }] } } },
  },
  { kind: 'ConfigMap', metadata: { namespace: 'shop', name: 'settings' }, data: { password: 'hunter2' } },
  { kind: 'Node', metadata: { name: 'unrelated' } },
]);
const findings = [
  found('config/missing', 'Deployment/shop/web', ['ConfigMap/shop/settings'], {
    since: { at: now - 60_000, exact: false },
    fixes: [{ text: 'Put it back.', command: 'kubectl edit cm/settings', safe: false }],
  }),
  found('service/no-endpoints', 'Service/shop/web', ['Deployment/shop/web']),
];
const blind = [{ what: 'Node' as never, reason: 'forbidden' as never }];
const triage = conclude(
  GATES.map(({ id, name }) => {
    const here = id === 'G9' ? findings : [];
    return {
      id,
      name,
      status: statusOf(here, id === 'G2' ? blind : []),
      ms: 3,
      findings: here,
      blind: id === 'G2' ? blind : [],
    };
  }),
);
const looked: Looked = { triage, view, now };
const saved = () => JSON.parse(JSON.stringify(bundleOf(looked, about, versions)));

test('what is opened again says the same, to the letter', () => {
  const opened = openBundle(JSON.stringify(saved()));
  if ('problem' in opened) throw new Error(opened.problem);
  const drawing = { glyphs: ASCII, columns: 80 };
  expect(triageText(opened.looked.triage, opened.about, drawing)).toEqual(triageText(triage, about, drawing));
});

test('it holds the rows that the findings rest on, and no values', () => {
  const { rows } = saved();
  expect(rows.map(({ kind }: { kind: string }) => kind).sort()).toEqual(['ConfigMap', 'Deployment']);
  expect(JSON.stringify(saved())).not.toContain('hunter2');
});

test('an object that is not among the rows is not known, rather than missing', () => {
  const opened = openBundle(JSON.stringify(saved()));
  if ('problem' in opened) throw new Error(opened.problem);
  expect(findObject(opened.looked.view, 'deploy/web', 'shop')).toHaveProperty('found');
  expect(findObject(opened.looked.view, 'node/unrelated', 'shop')).toEqual({
    problem: 'expected to read Node objects, found: not in the bundle; whether unrelated exists is not known',
    isBlind: true,
  });
});

describe('a file from somebody else', () => {
  test('is refused with where it is wrong', () => {
    expect(openBundle('{')).toEqual({ problem: 'it is not JSON' });
    expect(openBundle('{"bundle":"other"}')).toMatchObject({ problem: expect.stringMatching(/^bundle: /) });
    const wrong = saved();
    wrong.roots[0].severity = 'dreadful';
    expect(openBundle(JSON.stringify(wrong))).toMatchObject({
      problem: expect.stringMatching(/^roots\.0\.severity: /),
    });
  });

  test('reaches the screen sanitised, in every text', () => {
    const hostile = JSON.stringify(saved())
      .replaceAll('web', 'we\\u001b[2Jb\\u202e')
      .replaceAll('alice', 'al\\u0007ice');
    const opened = openBundle(hostile);
    if ('problem' in opened) throw new Error(opened.problem);
    expect(JSON.stringify([opened.looked.triage, opened.about, [...opened.looked.view.all('Deployment')]])).not.toMatch(
      /\\u001b|\\u0007|\u202e/,
    );
    expect(opened.about.user).toBe('alice');
  });
});
