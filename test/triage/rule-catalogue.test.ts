import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { Rule } from '../../src/triage/rule.ts';
import { chooseRules, listText, rulesMarkdown } from '../../src/triage/rule-catalogue.ts';
import { RULES } from '../../src/triage/rules/index.ts';

const about = { looksAt: 'One.', why: 'Two.', whatToDo: 'Three.' };
const rule = (id: string, gate: Rule['gate']): Rule => ({ id, gate, needs: [], about, look: () => [] });
const rules = [rule('webhook/stale', 'G4'), rule('webhook/no-endpoints', 'G4'), rule('node/not-ready', 'G2')];

test('a rule, an area and a gate name rules', () => {
  const ids = (name?: string) => chooseRules(rules, name).rules.map(({ id }) => id);
  expect(ids('webhook/stale')).toEqual(['webhook/stale']);
  expect(ids('webhook/')).toEqual(['webhook/stale', 'webhook/no-endpoints']);
  expect(ids('webhook')).toHaveLength(2);
  expect(ids('g2')).toEqual(['node/not-ready']);
  expect(ids()).toHaveLength(3);
});

test('a name that is none says what was probably meant', () => {
  expect(chooseRules(rules, 'webhok/stale')).toMatchObject({
    rules: [],
    near: expect.arrayContaining(['webhook/stale']),
  });
  expect(chooseRules(rules, 'stale').near).toContain('webhook/stale');
});

test('the list goes by gate, in order', () => {
  expect(
    listText(rules)
      .filter(line => line.startsWith('  '))
      .map(line => line.trim().split(' ')[0]),
  ).toEqual(['node/not-ready', 'webhook/no-endpoints', 'webhook/stale']);
});

test('docs/triage.md is what the rules say: `npm run docs` writes it', () => {
  expect(readFileSync(new URL('../../docs/triage.md', import.meta.url), 'utf8')).toBe(rulesMarkdown(RULES));
});
