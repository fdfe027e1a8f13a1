/** A mistake in the product that the torture must notice. */
export interface Mutant {
  name: string;
  /** Below `src/`. */
  file: string;
  find: string;
  put: string;
  /** Where it shows soonest; everywhere unless told. */
  stage?: string;
}

const EXECUTOR = 'injection/write/executor.ts';

/** Each takes one precaution away. One that still passes shows that the torture does not look where that precaution is. */
export const MUTANTS: readonly Mutant[] = [
  {
    name: 'a lost answer counts as a refusal',
    file: EXECUTOR,
    find: 'if (lost === undefined) return refused(write, outcome);',
    put: 'return refused(write, outcome);',
  },
  {
    name: 'a lost answer counts as done',
    file: EXECUTOR,
    find: 'const found = await readBack(api, write);',
    put: "const found = { state: 'applied' };",
  },
  {
    name: 'a write does not wait for its record on the disk',
    file: EXECUTOR,
    find: "await journal.append({ ...base, at: clock.now(), record: 'intent', write })",
    put: "void journal.append({ ...base, at: clock.now(), record: 'intent', write })",
  },
  {
    name: 'nobody waits for what may still be under way',
    file: EXECUTOR,
    find: 'export const IN_FLIGHT_MS = 5_000;',
    put: 'export const IN_FLIGHT_MS = 0;',
  },
  {
    name: 'a backup is taken back while its deletion is in doubt',
    file: EXECUTOR,
    find: "const mayUndo = run.purpose === 'inject' && state !== 'unknown';",
    put: "const mayUndo = run.purpose === 'inject';",
    stage: 'secret-deletion',
  },
  {
    name: 'a patch is not bound to what it was decided from',
    file: 'injection/write/patch-of.ts',
    find: 'const tests = Object.entries(precondition)',
    put: 'const tests = Object.entries({})',
  },
  {
    name: 'the backup is dropped before the original is made again',
    file: 'injection/deletion-restore.ts',
    find: 'const writes = [...made.before, create];',
    put: 'const writes = [dropping(backup), ...made.before, create];',
  },
  {
    name: 'what cannot be listed counts as nothing there',
    file: 'revert/scan-list.ts',
    find: 'state.blindTo(titleOf(resource), blindReason(failure));',
    put: '',
  },
  {
    name: 'marks that are gone count as restored',
    file: 'revert/look-again.ts',
    find: 'const now = recognise(got.value).find(one => one.id === finding.id);',
    put: "const now = recognise(got.value).find(one => one.id === finding.id);\n  if (!now) return { outcome: 'already-restored', verified: true, message: '' };",
  },
  {
    name: 'a backup that is gone counts as an injection that is gone',
    file: 'revert/look-again.ts',
    find: 'return isKeptApart(finding)\n',
    put: 'return false\n',
  },
  {
    name: 'the revert takes an object without marks for restored',
    file: 'revert/run-writes.ts',
    find: 'const remembered = [...(own.answers ?? []), ...begunOn(deps)]',
    put: 'const remembered = ([] as KubeObject[])',
  },
  {
    name: 'the backup that the scan read is forgotten',
    file: 'revert/classify.ts',
    find: 'if (kept !== undefined) live.set(one.key, kept);',
    put: '',
  },
  {
    name: 'a record that was taken off too early is not put back',
    file: 'revert/put-record-back.ts',
    find: 'const write = got.ok ? markAgain(got.value, restore, finding.live) : undefined;',
    put: 'const write = undefined as any;',
  },
  {
    name: 'what is read back is not compared with the original',
    file: 'revert/verify.ts',
    find: "return isBack(instead, forced) ? { state: 'held' } : { state: 'not-held', instead, now: got.value };",
    put: "return { state: 'held' };",
  },
];
