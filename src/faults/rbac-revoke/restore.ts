import type { FoundInjection } from '../../injection/found-injection.ts';
import { isSubject, type Subject, subjectAsWritten, subjectName, subjectsOf } from '../../injection/plan/subjects.ts';
import type { MaydayFacts } from '../../injection/record/envelope.ts';
import { ROLLBACK_DATA } from '../../injection/record/markers.ts';
import { corrupt, recordIn, restoreAndStrip } from '../../injection/record/record.ts';
import { threeWay } from '../../injection/restore/three-way.ts';
import { type Operation, pointer, set, test } from '../../k8s/json-patch.ts';
import { type Json, type KubeObject, LAST_APPLIED } from '../../k8s/object.ts';
import { nameOf, refOf } from '../../k8s/object-ref.ts';
import { sanitise } from '../../text/sanitise.ts';
import type { Restore } from '../contract.ts';

interface SubjectsRecord {
  subjects: Subject[];
  mayday: MaydayFacts | undefined;
}

function recordOf(victim: KubeObject): SubjectsRecord | string {
  if (victim.kind !== 'RoleBinding' && victim.kind !== 'ClusterRoleBinding') return `a ${victim.kind} has no subjects`;
  const envelope = recordIn(victim, 'RBACRevoke');
  if (typeof envelope === 'string') return envelope;
  const subjects: unknown[] | undefined = Array.isArray(envelope.data) ? envelope.data : undefined;
  if (subjects === undefined || !subjects.every(isSubject)) return 'the undo record is not one of RBACRevoke';
  return { subjects, mayday: envelope.mayday };
}

/**
 * Restores all subjects of a binding. If the binding has other subjects now, somebody changed it since, and a person
 * decides.
 */
export function restoreSubjects(found: FoundInjection): Restore {
  const victim = found.live;
  const record = recordOf(victim);
  if (typeof record === 'string') return corrupt(victim, record);
  const name = nameOf(refOf(victim));
  const current = subjectsOf(victim);
  const names = current.map(subjectName);
  const back = (value: Operation[]) =>
    restoreAndStrip(victim, {
      type: 'RBACRevoke',
      records: [ROLLBACK_DATA],
      mayday: record.mayday,
      value,
      what: 'the subjects',
      atVersion: victim.subjects === undefined,
    });
  if (record.subjects.length === 0 && current.length === 0) {
    const says = `${name}: the record holds no subjects: either there were none, or a second injection has overwritten it${applied(victim)}`;
    const shown = { original: '(none)', injected: '(none)', live: '(none)' };
    return { is: 'diverged', writes: [back([])], ...shown, says };
  }
  const further = current.filter(subject => !record.subjects.some(one => subjectName(one) === subjectName(subject)));
  return threeWay({
    what: `the subjects of ${name}`,
    // Subjects that others have added since stay.
    isOriginal: record.subjects.every(subject => names.includes(subjectName(subject))),
    ...(further.length === 0
      ? {}
      : {
          saysOriginal: `${name} has all its former subjects again, and ${listed(further)} beside them`,
        }),
    isInjected: current.length === 0,
    original: listed(record.subjects),
    injected: '(none)',
    live: listed(current),
    put: back(subjectOperations(victim, record.subjects)),
    strip: back([]),
  });
}

function subjectOperations(victim: KubeObject, subjects: readonly Subject[]): Operation[] {
  const at = pointer('subjects');
  const guard = victim.subjects === undefined ? [] : [test(at, victim.subjects as Json)];
  return [...guard, set(at, subjects.map(subjectAsWritten) as unknown as Json)];
}

/** The subjects that kubectl last applied, as a hint at the lost ones. */
function applied(victim: KubeObject): string {
  try {
    const text = victim.metadata.annotations?.[LAST_APPLIED] ?? '{}';
    const subjects: unknown = (JSON.parse(text) as { subjects?: unknown }).subjects;
    const known = Array.isArray(subjects) ? subjects.filter(isSubject) : [];
    return known.length === 0 ? '' : `; ${listed(known)} were last applied with kubectl`;
  } catch {
    return '';
  }
}

const listed = (subjects: readonly Subject[]) => sanitise(subjects.map(subjectName).join(', ') || '(none)', 300);
