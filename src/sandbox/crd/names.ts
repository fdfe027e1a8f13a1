import { type Fields, part } from '../defaults/fill.ts';
import type { KubeObject } from '../object.ts';

/** Which of its requested names a definition gets. */
export interface NamesTaken {
  accepted: Fields;
  /** Why it does not get all of them. */
  conflict?: { reason: string; message: string };
}

const REASONS: Readonly<Record<string, string>> = {
  plural: 'PluralConflict',
  singular: 'SingularConflict',
  kind: 'KindConflict',
  listKind: 'ListKindConflict',
};

/** Which names a definition gets. Within a group each name belongs to one definition only. */
export function takenNames(definition: KubeObject, others: readonly KubeObject[]): NamesTaken {
  const names = part(definition, 'spec', 'names') ?? {};
  const accepted = others.map(other => part(other, 'status', 'acceptedNames') ?? {});
  const inUse = (member: string, among: readonly string[]) =>
    names[member] !== undefined && accepted.some(other => among.some(name => other[name] === names[member]));
  const conflicts = [
    ...['plural', 'singular'].filter(member => inUse(member, ['plural', 'singular'])),
    ...['kind', 'listKind'].filter(member => inUse(member, ['kind', 'listKind'])),
  ];
  const last = conflicts.at(-1);
  if (last === undefined) return { accepted: names };
  const kept = Object.entries(names).filter(([member]) => !conflicts.includes(member));
  return {
    accepted: { ...Object.fromEntries(kept), ...(conflicts.includes('kind') ? { kind: '' } : {}) },
    conflict: { reason: REASONS[last] ?? '', message: `${JSON.stringify(names[last])} is already in use` },
  };
}
