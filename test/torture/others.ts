import { PREFIX } from '../../src/injection/record/markers.ts';
import type { KubeObject } from '../../src/k8s/object.ts';
import type { FakeApi } from '../support/fake-api.ts';
import { oneOf, type Random } from './draw.ts';
import { keyOf, type World } from './world.ts';

/** Somebody else who works on the same objects, and whose work must be there in the end. */
export interface Others {
  /**
   * They write something of their own on this object, or on any that was there before us where it is none of those. They leave what
   * the injection changes alone as soon as anything of it stands there: two who change one value is a matter for a person.
   */
  write(key?: string): void;
  /** The objects as they must be once the injection is out: as they were, with everything that others wrote. */
  expected(): KubeObject[];
}

type Change = (object: KubeObject) => void;

/** What the injections change, changed by somebody else; a plan made before holds another original than there is now. */
function contentChange(number: number, { type, loaded }: Pick<World, 'type' | 'loaded'>): Change {
  const { key, labelKey } = loaded.experiment.spec.injection.parameters;
  const text = `theirs-${number}`;
  const changes: Readonly<Record<string, Change>> = {
    ConfigMap: object => setIn(object, 'data', key ?? 'theirs', text),
    Secret: object => setIn(object, 'data', key ?? 'theirs', Buffer.from(text).toString('base64')),
    Deployment: object => setIn(object, 'spec', 'replicas', 10 + number),
    Widget: object => setIn(object, 'spec', 'size', number),
    RoleBinding: addSubject(text),
    ClusterRoleBinding: addSubject(text),
  };
  return object => {
    if (type === 'LabelStomping' && labelKey !== undefined && object.metadata.labels?.[labelKey] !== undefined)
      object.metadata.labels[labelKey] = text;
    changes[object.kind]?.(object);
  };
}

function setIn(object: KubeObject, member: 'data' | 'spec', key: string, value: unknown): void {
  object[member] = { ...(object[member] as object | undefined), [key]: value };
}

const addSubject = (name: string): Change => {
  const subject = { kind: 'ServiceAccount', name, namespace: 'shop' };
  return object => {
    object.subjects = [...((object.subjects as object[] | undefined) ?? []), subject];
  };
};

const annotation = (number: number): Change => {
  const key = `somebody.example.com/note-${number}`;
  return ({ metadata }) => {
    metadata.annotations = { ...metadata.annotations, [key]: '' };
  };
};

/** Whether an undo record stands on it. */
export const isMarked = ({ metadata }: Pick<KubeObject, 'metadata'>): boolean =>
  Object.keys(metadata.annotations ?? {}).some(key => key.startsWith(PREFIX));

/** `isShy`: they never write what the injection may change. */
export function others(
  api: FakeApi,
  world: Pick<World, 'type' | 'loaded'>,
  random: Random,
  { isShy }: { isShy: boolean },
): Others {
  const expected = new Map(api.all().map(object => [keyOf(object), object]));
  let number = 0;
  return {
    write(key) {
      const standing = api.all().filter(object => expected.has(keyOf(object)));
      if (standing.length === 0) return;
      const some = standing.find(object => keyOf(object) === key) ?? oneOf(random, standing);
      number += 1;
      const change =
        isShy || random() < 0.5 || api.all().some(isMarked) ? annotation(number) : contentChange(number, world);
      api.change({ ...some, ...some.metadata }, change);
      const copy = expected.get(keyOf(some));
      if (copy !== undefined) change(copy);
    },
    expected: () => [...expected.values()],
  };
}
