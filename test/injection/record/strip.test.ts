import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  EXPERIMENT_LABEL,
  MANAGED_BY,
  MANAGER,
  MAYDAY,
  ROLLBACK_DATA,
  TYPE_LABEL,
} from '../../../src/injection/record/markers.ts';
import { isMarkPath, stripMarks } from '../../../src/injection/record/strip.ts';
import type { KubeObject } from '../../../src/k8s/object.ts';
import { applyJsonPatch, type PatchStep } from '../../../src/sandbox/patch/json-patch.ts';
import { inShop } from '../../support/objects.ts';

const RECORDS = [ROLLBACK_DATA, MAYDAY];
const key = fc.constantFrom('app', 'team/name', 'a~b', 'kubectl.kubernetes.io/note', EXPERIMENT_LABEL, 'constructor');
const texts = fc.dictionary(key, fc.string(), { maxKeys: 4, noNullPrototype: true });
const manager = fc.constantFrom('Helm', 'argocd', '', 'kustomize');

type Texts = Record<string, string>;
const object = (labels: Texts, annotations: Texts): KubeObject =>
  inShop('v1', 'ConfigMap', 'settings', { metadata: { labels, annotations }, data: { mode: 'live' } });

/** As an injection leaves it: its two labels and its records beside what was there. */
function marked({ metadata }: KubeObject, type = 'ConfigDrift'): KubeObject {
  const labels = { ...metadata.labels, [MANAGED_BY]: MANAGER, [TYPE_LABEL]: type };
  return object(labels, { ...metadata.annotations, [ROLLBACK_DATA]: '{}', [MAYDAY]: '{}' });
}

const stripped = (victim: KubeObject, managedBy?: string): KubeObject => {
  const facts = managedBy === undefined ? undefined : ({ managedBy } as never);
  const steps = stripMarks(victim, 'ConfigDrift', RECORDS, facts) as unknown as PatchStep[];
  return applyJsonPatch(structuredClone(victim), steps) as KubeObject;
};
/** No label and an empty map of labels are the same to everybody. */
const told = ({ metadata, ...rest }: KubeObject) => ({
  ...rest,
  labels: metadata.labels ?? {},
  annotations: metadata.annotations ?? {},
});

describe('taking the marks off', () => {
  it('gives back exactly the labels and annotations that were there', () => {
    fc.assert(
      fc.property(texts, texts, fc.option(manager, { nil: undefined }), (labels, annotations, managedBy) => {
        const before = object(
          { ...labels, ...(managedBy === undefined ? {} : { [MANAGED_BY]: managedBy }) },
          annotations,
        );
        expect(told(stripped(marked(before), managedBy))).toEqual(told(before));
      }),
    );
  });

  it('writes to marks alone', () => {
    fc.assert(
      fc.property(texts, texts, (labels, annotations) => {
        const victim = marked(object(labels, annotations));
        const whole = ['/metadata/labels', '/metadata/annotations'];
        const paths = stripMarks(victim, 'ConfigDrift', RECORDS)
          .filter(({ op }) => op !== 'test')
          .map(({ path }) => path);
        expect(paths.length).toBeGreaterThan(0);
        // A map in which nothing else is goes as a whole.
        expect(paths.filter(path => !isMarkPath(path) && !whole.includes(path))).toEqual([]);
      }),
    );
  });

  it('puts the former managed-by back where somebody took the label off meanwhile, and leaves another value alone', () => {
    fc.assert(
      fc.property(texts, manager, fc.constantFrom(undefined, 'somebody'), (labels, managedBy, since) => {
        const victim = marked(object(labels, {}));
        const { [MANAGED_BY]: _label, ...rest } = victim.metadata.labels ?? {};
        victim.metadata.labels = { ...rest, ...(since === undefined ? {} : { [MANAGED_BY]: since }) };
        expect(stripped(victim, managedBy).metadata.labels?.[MANAGED_BY]).toBe(since ?? managedBy);
      }),
    );
  });

  it('has nothing left to do the second time', () => {
    fc.assert(
      fc.property(texts, texts, fc.option(manager, { nil: undefined }), (labels, annotations, managedBy) => {
        const once = stripped(marked(object(labels, annotations)), managedBy);
        expect(told(stripped(once))).toEqual(told(once));
      }),
    );
  });

  it('leaves the type label of another injection on, and is refused where a record changed since', () => {
    fc.assert(
      fc.property(texts, texts, (labels, annotations) => {
        const victim = marked(object(labels, annotations), 'LabelStomping');
        expect(stripped(victim).metadata.labels?.[TYPE_LABEL]).toBe('LabelStomping');
        const later = structuredClone(victim);
        later.metadata.annotations = { ...later.metadata.annotations, [ROLLBACK_DATA]: '{"newer":1}' };
        const steps = stripMarks(victim, 'ConfigDrift', RECORDS) as unknown as PatchStep[];
        expect(() => applyJsonPatch(later, steps)).toThrow();
      }),
    );
  });
});
