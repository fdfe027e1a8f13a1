import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Clean, literal, sanitise } from '../../src/text/sanitise.ts';
import { type Column, headerLine, planTable, rowLine } from '../../src/text/table.ts';
import { width } from '../../src/text/width.ts';

interface Pod {
  name: Clean;
  state: Clean;
  restarts: number;
}
const COLUMNS: Column<Pod>[] = [
  { title: literal('POD'), cell: pod => pod.name, min: 8, priority: 0, cutAt: 'middle', grow: true },
  { title: literal('STATE'), cell: pod => pod.state, min: 7, max: 16, priority: 1 },
  { title: literal('R'), cell: pod => sanitise(pod.restarts), min: 2, align: 'right', priority: 2 },
];
const pods: Pod[] = [
  { name: sanitise('ledger-7f9c6d5b44-x2x9q'), state: sanitise('ImagePullBackOff'), restarts: 12 },
  { name: sanitise('日本-0'), state: sanitise('Running'), restarts: 0 },
];
const draw = (columns: number) => {
  const plan = planTable(COLUMNS, pods, { width: columns });
  return [headerLine(plan), ...pods.map(pod => rowLine(plan, pod))];
};

describe('a table', () => {
  it('gives the rest to the column that grows', () =>
    expect(draw(50)).toEqual([
      'POD                           STATE              R',
      'ledger-7f9c6d5b44-x2x9q       ImagePullBackOff  12',
      '日本-0                        Running            0',
    ]));

  it('cuts the widest column first', () =>
    expect(draw(36)).toEqual([
      'POD              STATE             R',
      'ledger-…4-x2x9q  ImagePullBackO…  12',
      '日本-0           Running           0',
    ]));

  it('drops columns by priority when the minimums do not fit', () => {
    expect(draw(20)[0]).not.toContain('R');
    expect(draw(20)[0]).toContain('STATE');
    expect(draw(12)[0]).not.toContain('STATE');
    expect(draw(12)[1]).toBe('ledger…x2x9q');
  });

  it('is exactly as wide as told, whatever the rows hold', () => {
    const row = fc.record({
      name: fc.string({ unit: 'grapheme' }).map(name => sanitise(name)),
      state: fc.string().map(state => sanitise(state)),
      restarts: fc.nat(),
    });
    fc.assert(
      fc.property(
        fc.array(row, { maxLength: 5 }),
        fc.integer({ min: 1, max: 120 }),
        fc.integer({ min: 0, max: 4 }),
        (rows, columns, gap) => {
          const plan = planTable(COLUMNS, rows, { width: columns, gap });
          for (const line of [headerLine(plan), ...rows.map(each => rowLine(plan, each))])
            expect(width(line)).toBe(columns);
        },
      ),
    );
  });
});
