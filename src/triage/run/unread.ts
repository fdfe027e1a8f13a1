import type { FailureReason, Outcome } from '../../kube/client/http/outcome.ts';
import { type Clean, literal, sanitise } from '../../text/sanitise.ts';
import type { BlindSpot } from './blind.ts';
import type { Answers, NamedRead } from './named-read.ts';

/** Failures that mean a refusal, and say nothing about the object itself. */
const REFUSED: readonly FailureReason[] = ['forbidden', 'unauthorized'];
/** Failures without a usable answer. */
const UNANSWERED: readonly FailureReason[] = [
  ...REFUSED,
  'unreachable',
  'aborted',
  'throttled',
  'too-large',
  'server-error',
];

/**
 * The single reads that failed, as blind spots. A missing object is an answer. A log that nobody can read (its
 * container has not started, its kubelet is gone) and a path that answers with an error are evidence for their rules;
 * a lack of permission is not.
 */
export function unread(reads: Iterable<NamedRead>, answers: Answers): BlindSpot[] {
  const spots: BlindSpot[] = [];
  for (const read of reads) {
    const outcome = outcomeOf(read, answers);
    if (outcome === undefined || outcome.ok || (read.is === 'instances' && read.optional)) continue;
    const reasons = read.is === 'log' || read.is === 'path' ? REFUSED : UNANSWERED;
    if (!reasons.includes(outcome.reason)) continue;
    const reason = REFUSED.includes(outcome.reason) ? literal(outcome.reason) : outcome.message;
    spots.push({ what: readText(read), reason });
  }
  return spots;
}

/** The read of marks reports its blind spots itself. */
function outcomeOf(read: NamedRead, answers: Answers): Outcome<unknown> | undefined {
  switch (read.is) {
    case 'log':
      return answers.log(read);
    case 'object':
      return answers.object(read.ref);
    case 'instances':
      return answers.instances(read);
    case 'certificates':
      return answers.certificates(read.namespace, read.secret);
    case 'path':
      return answers.path(read.path);
    case 'marks':
      return undefined;
  }
}

/** The name of a read; many reads of one kind share it and make one line. */
function readText(read: NamedRead): Clean {
  switch (read.is) {
    case 'log':
      return literal('logs of pods');
    case 'object':
      return sanitise(read.ref.kind);
    case 'instances':
      return sanitise(read.kind);
    case 'certificates':
      return literal('certificates in Secrets');
    case 'path':
      return sanitise(read.path);
    case 'marks':
      return literal('marks');
  }
}
