import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { listCatalogue, rowOf } from '../../src/experiment/catalogue.ts';
import { disk } from '../../src/experiment/files.ts';
import { listCells, listReport, validateLines, validatePaths } from '../../src/experiment/report.ts';
import { FAULT_TYPES } from '../../src/faults/types.ts';
import { document, ofType } from './documents.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'mayday-experiments-'));
  mkdirSync(join(folder, 'shop'));
  mkdirSync(join(folder, 'empty'));
  writeFileSync(join(folder, 'shop', 'kill.yaml'), document());
  writeFileSync(join(folder, 'shop', 'broken.yml'), 'kind: ChaosExperiment\n');
  writeFileSync(join(folder, 'shop', 'notes.txt'), 'not an experiment');
  writeFileSync(join(folder, 'big.yaml'), `# ${'x'.repeat(2 * 1024 * 1024)}`);
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('validate', () => {
  it('reports every file of a folder and counts them', () => {
    const report = validatePaths([join(folder, 'shop')], disk);
    expect(report.summary).toEqual({ total: 2, valid: 1, invalid: 1 });
    expect(report.files.map(file => [file.name, file.type, file.valid])).toEqual([
      ['', '', false],
      ['kill-the-shop', 'PodKill', true],
    ]);
    const lines = validateLines(report);
    expect(lines[0]).toMatch(/^INVALID .*broken\.yml$/);
    expect(lines).toContain('  error   apiVersion: expected chaos.operatorchaos.io/v1alpha1, found nothing');
    expect(lines.at(-1)).toBe('2 files: 1 valid, 1 invalid');
  });

  it.each([
    ['nothing there', 'nowhere.yaml', /expected a file or folder, found nothing at .*nowhere\.yaml$/],
    ['a folder without experiments', 'empty', /expected experiments \(\*\.yaml\) in .*empty, found none$/],
    ['a file that is too large', 'big.yaml', /expected at most 1 MiB, found 2\.0 MiB at .*big\.yaml$/],
    ['a file that is no experiment', 'shop/notes.txt', /expected fields, found "not an experiment"$/],
  ])('says so in one line: %s', (_what, path, message) => {
    const [file] = validatePaths([join(folder, path)], disk).files;
    expect(file?.valid).toBe(false);
    expect(file?.errors[0]?.message).toMatch(message);
  });
});

describe('the catalogue', () => {
  it('lists what loads and says what does not', () => {
    const entries = listCatalogue(join(folder, 'shop'), disk);
    if (typeof entries === 'string') throw new Error(entries);
    const report = listReport(entries, rowOf);
    expect(report.experiments).toEqual([
      {
        name: 'kill-the-shop',
        file: join(folder, 'shop', 'kill.yaml'),
        type: 'PodKill',
        operator: 'shop',
        component: 'checkout',
        tier: 1,
        danger: 'low',
        namespace: 'shop',
      },
    ]);
    expect(report.broken).toEqual([
      {
        file: join(folder, 'shop', 'broken.yml'),
        error: expect.stringMatching(/^apiVersion: expected .* \(and \d+ more\)$/),
      },
    ]);
    expect(listCells(report)[1]?.slice(0, 3)).toEqual(['kill-the-shop', 'PodKill', '1']);
  });

  it('filters by type, operator and tier', () => {
    const entries = FAULT_TYPES.map(type => join(folder, `${type}.yaml`)).flatMap((path, index) => {
      writeFileSync(path, ofType(FAULT_TYPES[index] as (typeof FAULT_TYPES)[number]));
      const found = listCatalogue(path, disk);
      rmSync(path);
      return typeof found === 'string' ? [] : found;
    });
    const names = (filter: Parameters<typeof listReport>[2]) => listReport(entries, rowOf, filter).experiments;
    expect(names({})).toHaveLength(20);
    expect(names({ type: 'podkill' }).map(row => row.type)).toEqual(['PodKill']);
    expect(names({ operator: 'other' })).toEqual([]);
    expect(names({ maxTier: 0 })).toEqual([]);
  });
});
