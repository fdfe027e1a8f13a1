import { shortValue, targetName } from '../../../src/faults/rules/check.ts';
import { holds } from '../../../src/faults/rules/record-shape.ts';
import { type FaultRules, required } from '../../../src/faults/rules/rules.ts';

/** What a NoteChange accepts: it writes another text into the annotation `note` of a ConfigMap. */
export const rules: FaultRules = {
  parameters: { name: required(targetName), note: required(shortValue) },
  needsHigh: ({ note }) => (note === 'secret' ? 'the note is secret' : undefined),
  danger: 'low',
  tier: 1,
  expects: 'survive',
  leaves: 'marks',
  foundOn: ['configmaps'],
  recognises: { record: data => holds(data, 'formerNote') },
  isClusterScoped: ({ name }) => name === 'everywhere',
};
