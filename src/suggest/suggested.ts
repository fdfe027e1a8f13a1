import type { ObjectRef } from '../k8s/object.ts';
import { refOf } from '../k8s/object-ref.ts';
import { type Draft, draftOf } from './draft.ts';
import { type Offer, offersFor, type Subject } from './offers.ts';

/** An offer; where it fits, with the experiment for it. */
export type Suggestion = Offer & { draft?: Draft };

/** What can be injected into an object. */
export interface Suggested {
  object: ObjectRef;
  faults: readonly Suggestion[];
}

/** Every fault type beside the object, those that fit first, each of them with its experiment. */
export const suggestFor = (subject: Subject): Suggested => ({
  object: refOf(subject.object),
  faults: offersFor(subject).map(offer => (offer.fits ? { ...offer, draft: draftOf(offer, subject) } : offer)),
});
