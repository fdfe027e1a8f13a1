import { cut } from '../../text/cut.ts';
import { type Clean, sanitise } from '../../text/sanitise.ts';
import { width } from '../../text/width.ts';

/** Short names for kinds that are too long for a narrow row. */
const SHORT: Readonly<Record<string, string>> = {
  ValidatingWebhookConfiguration: 'ValidatingWebhook',
  MutatingWebhookConfiguration: 'MutatingWebhook',
  ValidatingAdmissionPolicy: 'AdmissionPolicy',
  ValidatingAdmissionPolicyBinding: 'PolicyBinding',
  CustomResourceDefinition: 'CRD',
  HorizontalPodAutoscaler: 'HPA',
  PodDisruptionBudget: 'PDB',
  PersistentVolumeClaim: 'PVC',
  PersistentVolume: 'PV',
};

export const shortKind = (kind: string): string => SHORT[kind] ?? kind;

/** Columns of a kind that is cut: fewer say nothing. */
const SHORTEST_KIND = 5;

/** What names an object; any object reference will do. */
export interface Named {
  kind: string;
  namespace?: string;
  name: string;
}

/** `namespace/name`, or the name alone for what belongs to no namespace. Some kinds allow almost anything in a name. */
export const objectName = ({ namespace, name }: Pick<Named, 'namespace' | 'name'>): Clean =>
  sanitise(namespace === undefined ? name : `${namespace}/${name}`);

/** Columns in which the name of an object is whole, and so much of its kind that it can be guessed. */
export const namedColumns = (object: Named): number => SHORTEST_KIND + 1 + width(objectName(object));

/**
 * What names an object best in so many columns. The name is kept longest: first the kind is shortened, then cut, then
 * dropped, then the namespace, and only then the name loses its middle.
 */
export function namedIn(object: Named, columns: number): Clean {
  const kind = sanitise(object.kind);
  const name = objectName(object);
  const whole = [kind, shortKind(kind)].map(word => `${word} ${name}`).find(text => width(text) <= columns);
  if (whole !== undefined) return whole as Clean;
  const room = columns - width(name) - 1;
  if (room >= SHORTEST_KIND) return `${cut(shortKind(kind) as Clean, room)} ${name}` as Clean;
  return width(name) <= columns ? name : cut(sanitise(object.name), columns, 'middle');
}
