import { faultOf } from '../../src/faults/registry.ts';
import type { Receipt } from '../../src/injection/write/receipt.ts';
import { type RestoreOptions, restoreOne } from '../../src/revert/restore/restore.ts';
import { orphans } from '../../src/revert/scan/backups.ts';
import { recognise } from '../../src/revert/scan/recognise.ts';
import type { FakeApi } from './fake-api.ts';
import { memoryJournal, steppedClock } from './memory-journal.ts';

/** Recognises every injection in the store and restores each as a revert would: decided afresh, sent, read back. */
export async function revertEverything(api: FakeApi, options: RestoreOptions = {}): Promise<Receipt[]> {
  const found = api.all().flatMap(recognise);
  const isBackup = (finding: (typeof found)[number]) => faultOf(finding.type)?.standsFor?.(finding) !== undefined;
  const victims = found.filter(finding => !isBackup(finding));
  const findings = [...victims, ...orphans(faultOf, found.filter(isBackup), victims)];
  const deps = { api, clock: steppedClock(), journal: memoryJournal(), faultOf };
  const receipts: Receipt[] = [];
  const trusting = { trust: { everything: 'caller' }, ...options } as const;
  for (const finding of findings) receipts.push((await restoreOne(deps, finding, trusting)).receipt);
  return receipts;
}
