import type { Effect, Live, Plan } from '../../faults/contract.ts';
import type { KubeObject, ObjectRef } from '../../k8s/object.ts';
import { refOf, sameObject } from '../../k8s/object-ref.ts';
import type { Prepared } from './prepared.ts';

/**
 * The effect that the server's answers to the writes prove. An operator may undo a fault before it can be read, and then
 * only these answers show that it was in. Undefined if the effect needs objects that were not written.
 */
export function effectOfAnswers(
  { subject, plan }: Prepared,
  answers: readonly KubeObject[],
): { effect: Effect; live: Live } | undefined {
  const live = new Map<string, KubeObject | null>();
  for (const read of subject.fault.effectReads(subject.params, plan, new Map())) {
    const answer = 'get' in read ? answerAbout(read.get, plan, answers) : undefined;
    if (answer === undefined) return undefined;
    live.set(read.key, answer);
  }
  const effect = subject.fault.effect(subject.params, plan, live);
  return effect.state === 'proven' ? { effect, live } : undefined;
}

/**
 * The state of one object by the answers; null if it was deleted. A deletion that completes at once is answered with a
 * Status instead of the object.
 */
function answerAbout(ref: ObjectRef, plan: Plan, answers: readonly KubeObject[]): KubeObject | null | undefined {
  const about = answers.find(object => sameObject(refOf(object), ref));
  const isDeleted = plan.writes.some(write => write.verb === 'delete' && sameObject(write.on, ref));
  return about ?? (isDeleted ? null : undefined);
}
