import { expect, test } from 'vitest';
import type { Conclusion } from '../../src/apply/conclusion.ts';
import { conclusionLines } from '../../src/apply/line.ts';
import { literal } from '../../src/text/sanitise.ts';

const conclusion = (state: 'none' | 'left' | 'blind'): Conclusion => ({
  outcome: 'RESILIENT',
  reasons: [],
  remains: { state, says: literal('as it was read'), left: [] },
  exitCode: 0,
});

test.each([
  ['none', 'no marks'],
  ['left', 'REMAINS'],
  ['blind', 'BLIND'],
] as const)(
  'a look that found %s is shown as "%s": values were not compared, so nothing is called verified',
  (state, word) => {
    const [remains = ''] = conclusionLines(0, conclusion(state), 'drift');
    expect(remains).toContain(`remains`);
    expect(remains).toContain(`${word}  as it was read`);
    expect(remains).not.toContain('verified');
  },
);
