import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { listCatalogue, rowOf } from '../../src/experiment/catalogue.ts';
import { disk } from '../../src/experiment/files.ts';
import { validatePaths } from '../../src/experiment/report.ts';

const FOLDER = fileURLToPath(new URL('../../experiments', import.meta.url));
const report = validatePaths([FOLDER], disk);

describe('the experiments that come with mayday', () => {
  it.each(report.files.map(file => [file.path.slice(FOLDER.length + 1), file] as const))(
    '%s is valid and without warnings',
    (_path, file) => {
      expect(file).toMatchObject({ valid: true, errors: [], warnings: [] });
    },
  );

  it('cover the documented failure modes of each operator', () => {
    const entries = listCatalogue(FOLDER, disk);
    if (typeof entries === 'string') throw new Error(entries);
    const count: Record<string, number> = {};
    for (const { path } of entries) {
      const operator = path.slice(FOLDER.length + 1).split('/')[0] ?? '';
      count[operator] = (count[operator] ?? 0) + 1;
    }
    expect(count).toMatchObject({
      kserve: 9,
      llamastack: 4,
      'training-operator': 5,
      'odh-model-controller': 1,
      'knative-serving': 1,
      'cert-manager': 1,
      'service-mesh': 1,
    });
  });

  it('have names of their own', () => {
    const entries = listCatalogue(FOLDER, disk);
    const names = typeof entries === 'string' ? [] : entries.map(entry => entry.loaded && rowOf(entry.loaded).name);
    expect(new Set(names).size).toBe(names.length);
  });
});
