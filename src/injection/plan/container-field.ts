import type { Restore } from '../../faults/contract.ts';
import type { FaultType } from '../../faults/types.ts';
import { type Container, containersOf } from '../../k8s/deployment.ts';
import { isUntouched } from '../../k8s/field-writers.ts';
import { type Operation, pointer, remove, set, test } from '../../k8s/json-patch.ts';
import type { Json, KubeObject } from '../../k8s/object.ts';
import { nameOf, refOf } from '../../k8s/object-ref.ts';
import { sanitise } from '../../text/sanitise.ts';
import { isInjected, readMayday } from '../record/envelope.ts';
import { MAYDAY, TYPE_LABEL } from '../record/markers.ts';
import { corrupt, restoreAndStrip } from '../record/record.ts';
import { threeWay } from '../restore/three-way.ts';
import type { Write } from '../write/write.ts';

/** A field of a Deployment's container whose original is recorded in plain annotations. */
export interface ContainerField {
  type: FaultType;
  field: 'image' | 'command';
  /** The annotation that names the container, and the beginning of the one that holds its original. */
  containerKey: string;
  originalPrefix: string;
  /** Parses the original in an annotation; `value` is undefined if the field did not exist. A text says what is wrong with it. */
  read(text: string): { value: Json | undefined } | string;
  /** The value as text, to compare and to show. */
  text(value: unknown): string;
  /** Whether chaos tools inject such a value; for undo records that do not hold the injected value. */
  looksInjected(value: unknown): boolean;
}

/** Restores the field from its annotations, mayday's or the framework's. */
export function restoreContainerField(victim: KubeObject, field: ContainerField): Restore {
  const annotations = victim.metadata.annotations ?? {};
  const name = recordedContainer(annotations, field);
  if (name === undefined) return corrupt(victim, missingRecord(victim, field));
  const original = field.read(annotations[`${field.originalPrefix}${name}`] ?? '');
  if (typeof original === 'string') return corrupt(victim, original);
  const containers = containersOf(victim);
  const index = containers.findIndex(item => item.name === name);
  const container = containers[index];
  return container === undefined
    ? restoreWithoutContainer(victim, field, name, field.text(original.value))
    : restoreField(victim, field, { container, index, original: original.value });
}

function restoreWithoutContainer(victim: KubeObject, field: ContainerField, name: string, original: string): Restore {
  const containers = containersOf(victim);
  const { injected } = readMayday(victim.metadata.annotations?.[MAYDAY]) ?? {};
  const isFault = (value: unknown) =>
    injected === undefined ? field.looksInjected(value) : isInjected(field.text(value), injected);
  const [renamed] = containers.filter(item => isFault(item[field.field])).map(item => sanitise(item.name, 80));
  if (renamed !== undefined)
    return corrupt(
      victim,
      `container ${name} is gone, and container ${renamed} has the injected ${field.field}: put the original ${field.field}, ${sanitise(original, 400)}, into it by hand, then revert again`,
    );
  return {
    is: 'diverged',
    writes: [restoreWrite(victim, field, name, [])],
    original: sanitise(`${name}=${original}`, 400),
    injected: injected === undefined ? '(not recorded)' : sanitise(`${name}=${injected}`, 400),
    live: sanitise(`containers ${containers.map(item => item.name).join(', ')}`, 400),
    says: `${nameOf(refOf(victim))} no longer has container ${name}, whose ${field.field} was changed`,
    lost: `the ${field.field} of container ${name}, which is gone`,
  };
}

function restoreField(
  victim: KubeObject,
  field: ContainerField,
  of: { container: Container; index: number; original: Json | undefined },
): Restore {
  const { name } = of.container;
  const current = of.container[field.field] as Json | undefined;
  const injected = readMayday(victim.metadata.annotations?.[MAYDAY])?.injected;
  return threeWay({
    what: `the ${field.field} of ${name} in ${nameOf(refOf(victim))}`,
    isOriginal: field.text(current) === field.text(of.original),
    isInjected:
      injected === undefined ? stillInjected(victim, field, name, current) : isInjected(field.text(current), injected),
    original: field.text(of.original),
    injected,
    live: field.text(current),
    put: restoreWrite(victim, field, name, fieldOperations(field, of.index, name, current, of.original)),
    strip: restoreWrite(victim, field, name, []),
  });
}

function stillInjected(victim: KubeObject, field: ContainerField, name: string, current: Json | undefined): boolean {
  const path = ['f:spec', 'f:template', 'f:spec', 'f:containers', `k:{"name":"${name}"}`, `f:${field.field}`];
  const record = ['f:metadata', 'f:annotations', `f:${field.originalPrefix}${name}`];
  return field.looksInjected(current) && isUntouched(victim, path, record);
}

/** Changes this field of this container, on condition that its current value has not changed; the rest of the list stays. */
function fieldOperations(
  field: ContainerField,
  index: number,
  name: string,
  current: Json | undefined,
  original: Json | undefined,
): Operation[] {
  const path = ['spec', 'template', 'spec', 'containers', index];
  const at = pointer(...path, field.field);
  return [
    test(pointer(...path, 'name'), name),
    ...(current === undefined ? [] : [test(at, current)]),
    ...(original === undefined ? [remove(at)] : [set(at, original)]),
  ];
}

function restoreWrite(victim: KubeObject, field: ContainerField, container: string, value: Operation[]): Write {
  return restoreAndStrip(victim, {
    type: field.type,
    records: [field.containerKey, `${field.originalPrefix}${container}`, MAYDAY],
    mayday: readMayday(victim.metadata.annotations?.[MAYDAY]),
    value,
    what: `the ${field.field}`,
  });
}

/** The container that the annotations name: in the annotation of its name, else in the key of the one original. */
function recordedContainer(
  annotations: Readonly<Record<string, string>>,
  { containerKey, originalPrefix }: ContainerField,
): string | undefined {
  const named = annotations[containerKey];
  if (named !== undefined) return annotations[`${originalPrefix}${named}`] === undefined ? undefined : named;
  const saved = Object.keys(annotations).filter(key => key.startsWith(originalPrefix));
  return saved.length === 1 ? saved[0]?.slice(originalPrefix.length) : undefined;
}

function missingRecord(victim: KubeObject, { field, containerKey, originalPrefix }: ContainerField): string {
  const named = victim.metadata.annotations?.[containerKey];
  if (named !== undefined) return `annotation ${originalPrefix}${named} with the original ${field} is gone`;
  return victim.metadata.labels?.[TYPE_LABEL] === undefined
    ? `carries no record of an original ${field}`
    : `labelled as injected, but the original ${field} is not recorded`;
}
