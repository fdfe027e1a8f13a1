import { expect, test } from 'vitest';
import { FAULT_TYPES } from '../../src/faults/types.ts';
import { CHARACTERS } from './characters.ts';
import { ROWS } from './faults.ts';
import { onSandbox } from './ground.ts';
import { matrix } from './matrix.ts';
import { truth } from './truth.ts';

test('every type has its row, and every verdict is somewhere true', () => {
  expect(new Set(ROWS.map(({ type }) => type))).toEqual(new Set(FAULT_TYPES));
  const truths = ROWS.flatMap(row => CHARACTERS.flatMap(character => truth(row, character).verdicts));
  expect(new Set(truths)).toEqual(new Set(['Resilient', 'Degraded', 'Failed', 'Inconclusive']));
});

/** Pairs in which each verdict is true once or more, and both expectations meet each way of behaving. The rest is for `npm run matrix`. */
const PAIRS = [
  ['ConfigDrift', 'vigilant'],
  ['SecretDeletion', 'vigilant'],
  ['LabelStomping', 'indifferent'],
  ['ResourceDeletion', 'mistaken'],
  ['CrashLoopInject', 'harmful'],
  ['WebhookDisrupt', 'flapping'],
  ['CRDMutation', 'adaptable'],
  ['RBACRevoke', 'adaptable'],
  ['QuotaExhaustion', 'indifferent'],
  ['NetworkPartition', 'fragile'],
  ['PDBBlock', 'dead'],
  ['ClientFault', 'indifferent'],
  ['OwnerRefOrphan', 'sick'],
] as const;

test('no verdict is false, whatever the operator is like', async () => {
  const pairs = PAIRS.map(([type, name]) => {
    const row = ROWS.find(one => one.type === type);
    const character = CHARACTERS.find(one => one.name === name);
    if (row === undefined || character === undefined) throw new Error(`${type}, ${name}: no such pair`);
    return [row, character] as const;
  });
  const ground = await onSandbox(8);
  const { cells } = await matrix(pairs, ground, { width: PAIRS.length, recoveryMs: 24_000 });
  await ground.stop();
  expect(
    cells.flatMap(({ row, character, wrong }) => wrong.map(line => `${row.type}, ${character.name}: ${line}`)),
  ).toEqual([]);
  expect(new Set(cells.map(({ verdict }) => verdict)).size).toBe(4);
}, 120_000);
