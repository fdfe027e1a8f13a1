import { expect, test } from 'vitest';
import { VIEW_KINDS } from '../../src/health/view/kinds.ts';
import { GATES } from '../../src/triage/gates.ts';
import { RULES } from '../../src/triage/rules/index.ts';

test('every rule has an id of its own, a gate that exists, kinds that the view follows, and something to say', () => {
  const ids = RULES.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  for (const rule of RULES) {
    expect(rule.id).toMatch(/^[a-z-]+\/[A-Za-z][A-Za-z0-9-]*$/);
    expect(GATES.map(({ id }) => id)).toContain(rule.gate);
    for (const kind of [...rule.needs, ...(rule.wants ?? [])]) expect(VIEW_KINDS).toHaveProperty(kind);
    for (const text of Object.values(rule.about)) expect(text, rule.id).toMatch(/^[A-Z`].{10,}\.$/s);
  }
});
