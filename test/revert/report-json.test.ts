import { expect, test } from 'vitest';
import { ROLLBACK_DATA } from '../../src/injection/record/markers.ts';
import type { Receipt } from '../../src/injection/write/receipt.ts';
import { receiptLine, revertJson } from '../../src/revert/report.ts';
import { revertAll } from '../../src/revert/revert-all.ts';
import { scan } from '../../src/revert/scan/scan.ts';
import { wrote } from '../support/objects.ts';
import { recorded, yard } from './support/stuck.ts';

test('an undo record that was cut off: nothing is done, the receipt says what to do, and the marks come off once a person says so', async () => {
  const { api, deps } = yard(recorded('config-drift', 'injected'));
  const [found] = (await scan(deps, { deep: true })).injections;
  if (found === undefined) throw new Error('the recorded case was not found');
  api.change(found.object, ({ metadata }) => {
    metadata.annotations = { [ROLLBACK_DATA]: (metadata.annotations?.[ROLLBACK_DATA] ?? '').slice(0, 40) };
  });
  const before = api.peek(found.object)?.data;
  const again = async (stripMarks: boolean) =>
    revertAll(deps, (await scan(deps, { deep: true })).injections, { trust: { everything: 'caller' }, stripMarks });
  const failed = await again(false);
  expect(failed).toMatchObject({ remaining: 1, receipts: [{ outcome: 'failed', verified: false }] });
  expect(failed.receipts[0]?.message).toContain('restore the value by hand, then --strip-marks removes the marks');
  expect(await again(true)).toMatchObject({ remaining: 0, receipts: [{ outcome: 'stripped' }] });
  expect(api.peek(found.object)?.data).toEqual(before);
  expect(JSON.stringify(api.peek(found.object)?.metadata)).not.toContain('operatorchaos');
});

test('marks that a person had taken off are told as taken off, and never as a verified value', async () => {
  const { api, deps } = yard(recorded('config-drift', 'injected'));
  const [found] = (await scan(deps, { deep: true })).injections;
  if (found === undefined) throw new Error('the recorded case was not found');
  api.change(found.object, object => {
    object.data = { mode: 'third' };
    object.metadata.managedFields = [wrote('shop-operator', { 'f:data': { 'f:mode': {} } })];
  });
  const { injections } = await scan(deps, { deep: true });
  const result = await revertAll(deps, injections, { trust: { everything: 'caller' }, stripMarks: true });
  const [receipt] = revertJson(result, 0).receipts;
  expect(receipt).toMatchObject({ outcome: 'stripped', verified: false, marksOff: true });
  expect(receipt?.message).toBe('the marks are removed, as requested; the value was left as it is and not compared');
  expect(receiptLine(result.receipts[0] as Receipt)).toMatch(/stripped .* {2}value kept {2}/);
  expect(receiptLine(result.receipts[0] as Receipt)).not.toContain('verified');
  expect(result.remaining).toBe(0);
});
