import type { Json, KubeObject } from '../../src/k8s/object.ts';
import { oneOf, type Random, upTo } from './draw.ts';

const LABELS = [
  ['app.kubernetes.io/managed-by', 'Helm'],
  ['app.kubernetes.io/managed-by', 'kustomize'],
  ['app.kubernetes.io/name', 'it'],
  ['tier', ''],
  ['x.y/z', 'a-b_c'],
] as const;
const TEXTS = ['', '<b>&"c"', '{"a":1}', '12345678901234567890', 'ü\u2028\n', 'null', 'a'.repeat(300)];

/** The same object with more about it: labels, annotations, keys, fields. What the parameters name is left as it is. */
export function vary(object: KubeObject, parameters: Readonly<Record<string, string>>, random: Random): KubeObject {
  const varied = structuredClone(object);
  const { metadata } = varied;
  for (let more = upTo(random, 2); more > 0; more -= 1) {
    const [key, value] = oneOf(random, LABELS);
    if (metadata.labels?.[key] === undefined) metadata.labels = { ...metadata.labels, [key]: value };
  }
  for (let more = upTo(random, 2); more > 0; more -= 1)
    metadata.annotations = {
      ...metadata.annotations,
      [oneOf(random, ['note', 'a/b', 'til-de'])]: oneOf(random, TEXTS),
    };
  if (object.metadata.labels === undefined && random() < 0.3) delete metadata.labels;
  VARIED[object.kind]?.(varied, random, parameters);
  return varied;
}

type Vary = (object: KubeObject, random: Random, parameters: Readonly<Record<string, string>>) => void;

const data: Vary = (object, random, { key }) => {
  const texts = object.kind === 'Secret' ? TEXTS.map(text => Buffer.from(text).toString('base64')) : TEXTS;
  const entries = { ...(object.data as Record<string, string> | undefined) };
  for (let more = upTo(random, 3); more > 0; more -= 1)
    entries[oneOf(random, ['a', 'b.c', 'keyExists', 'config'])] = oneOf(random, texts);
  if (key !== undefined && entries[key] !== undefined && random() < 0.3) entries[key] = oneOf(random, texts);
  if (key !== undefined && random() < 0.2) delete entries[key];
  if (Object.keys(entries).length > 0) object.data = entries;
  else delete object.data;
};

const TREES: readonly Json[] = [null, true, 0.5, -1e-7, 9_007_199_254_740_991, '', { a: [null, { b: 1 }] }, [], {}];

/** Fields by kind. Anything that decides whether and where the injection lands stays. */
const VARIED: Readonly<Record<string, Vary>> = {
  ConfigMap: data,
  Secret: data,
  Widget: (object, random) => {
    object.spec = {
      ...(object.spec as object),
      [oneOf(random, ['x', 'y_z'])]: oneOf(random, TREES),
      other: oneOf(random, TREES),
    };
  },
  Deployment: (object, random, { name }) => {
    const spec = object.spec as { replicas?: number };
    if (object.metadata.name === name) spec.replicas = 1 + upTo(random, 9);
  },
  Service: (object, random) => {
    object.spec = { ...(object.spec as object), sessionAffinity: oneOf(random, ['None', 'ClientIP']) };
  },
};
