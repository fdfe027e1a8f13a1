import { expect, test } from 'vitest';
import { forcedLines } from '../../src/cli/revert/trust-consent.ts';
import { faultOf } from '../../src/faults/registry.ts';
import { maydayFacts, writeEnvelope } from '../../src/injection/record/envelope.ts';
import { ROLLBACK_DATA } from '../../src/injection/record/markers.ts';
import { restoreOne } from '../../src/revert/restore/restore.ts';
import { scan } from '../../src/revert/scan/scan.ts';
import { review } from '../../src/revert/trust/review.ts';
import { testFacts } from '../support/facts.ts';
import { fakeApi } from '../support/fake-api.ts';
import { fakeClock } from '../support/fake-clock.ts';
import { memoryJournal } from '../support/memory-journal.ts';
import { inShop, marked } from '../support/objects.ts';

const long = 'all is well '.repeat(200);

/** A field of a Deployment that somebody changed since; only behind much that is the same does it differ from what it was. */
async function changedSince() {
  const deployment = inShop('apps/v1', 'Deployment', 'web', { spec: { note: `${long}by somebody` } });
  const record = { apiVersion: 'apps/v1', kind: 'Deployment', path: 'spec.note', originalValue: `${long}as it was` };
  const changed = marked(deployment, 'CRDMutation', record);
  const facts = maydayFacts(testFacts(), { injected: '"chaos"' });
  Object.assign(changed.metadata.annotations ?? {}, { [ROLLBACK_DATA]: writeEnvelope(record, facts) });
  const api = fakeApi([changed]);
  const deps = { api, clock: fakeClock(), journal: memoryJournal(), faultOf };
  const { injections } = await scan(deps, { deep: true });
  return { api, deps, injections };
}

test('what would be overwritten by force is shown whole, however long it is, before anybody is asked', async () => {
  const { api, injections } = await changedSince();
  const { asked, forced } = await review({ api, faultOf }, injections, { force: true });
  expect(asked).toEqual([]);
  const text = forcedLines(forced).join('\n');
  expect(text).toContain(`"${long}by somebody" -> "${long}as it was"`);
});

test('nothing is shown to be overwritten where nobody asked for force', async () => {
  const { api, injections } = await changedSince();
  expect(await review({ api, faultOf }, injections, { force: false })).toEqual({ asked: [], forced: [] });
});

test('a receipt shows where two long values differ', async () => {
  const { deps, injections } = await changedSince();
  const { receipt } = await restoreOne(deps, injections[0] as never, {});
  expect(receipt.outcome).toBe('diverged');
  expect(receipt.message).toMatch(/original .*as it was"?, injected .*, now .*by somebody"?; --force-diverged/);
});
