import { nameOf } from '../../../k8s/object-ref.ts';
import type { LeftUnmarked } from '../../../records/unfinished-lines.ts';
import { cleanText, sanitise } from '../../../text/sanitise.ts';
import type { ChoiceRecord } from './question.ts';

/** What a person must read before a leftover without marks is accepted as it is: no original is known, so there is only one choice. */
export function leftoverRecord(leftover: LeftUnmarked): ChoiceRecord {
  const { id, type, object, run, says } = leftover;
  return {
    id,
    leftover,
    digest: '',
    may: ['keep'],
    lines: [
      sanitise(`${type}  ${nameOf(object)}`),
      cleanText`  UNMARKED  run ${sanitise(run)} died: ${sanitise(says, Number.MAX_SAFE_INTEGER)}`,
      sanitise('  no original is known: mayday cannot restore it'),
      sanitise('  keep: accepts it as it is, and is not told of again; no value is changed or compared'),
    ],
  };
}
