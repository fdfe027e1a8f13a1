/** A mistake in the product that must be noticed: by the torture, or by the tests that it names. */
export interface Mutant {
  name: string;
  /** Below `src/`. */
  file: string;
  find: string;
  put: string;
  /** Where it shows soonest; everywhere unless told. */
  stage?: string;
  /** What must fail with it, below `test/`, where the torture does not meet such a situation. */
  test?: string;
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
    file: 'injection/restore/deletion-restore.ts',
    find: 'const writes = [...made.before, create];',
    put: 'const writes = [dropBackup(backup), ...made.before, create];',
  },
  {
    name: 'what cannot be listed counts as nothing there',
    file: 'revert/scan/scan-list.ts',
    find: 'state.blindTo(titleOf(resource), blindReason(failure));',
    put: '',
  },
  {
    name: 'marks that are gone count as restored',
    file: 'revert/read-back/read-and-decide.ts',
    find: 'const now = recognise(got.value).find(one => one.id === finding.id);',
    put: "const now = recognise(got.value).find(one => one.id === finding.id);\n  if (!now) return { outcome: 'already-restored', verified: true, message: '' };",
  },
  {
    name: 'a backup that is gone counts as an injection that is gone',
    file: 'revert/read-back/read-and-decide.ts',
    find: 'if (isBackupFinding(finding)) return withoutBackup(',
    put: 'if (false as boolean) return withoutBackup(',
  },
  {
    name: 'the revert takes an object without marks for restored',
    file: 'revert/run-writes.ts',
    find: 'const remembered = [...(own.answers ?? []), ...begunOn(deps)]',
    put: 'const remembered = ([] as KubeObject[])',
  },
  {
    name: 'the backup that the scan read is forgotten',
    file: 'revert/scan/classify.ts',
    find: 'if (kept !== undefined) live.set(one.key, kept);',
    put: '',
    test: 'revert/does-not-hold.test.ts',
  },
  {
    name: 'a record that was taken off too early is not put back',
    file: 'revert/read-back/write-record-again.ts',
    find: 'const write = markAgain(got.value, restore, finding.live);',
    put: "const write: ReturnType<typeof markAgain> = '';",
  },
  {
    name: 'what is read back is not compared with the original',
    file: 'revert/read-back/verify.ts',
    find: "return isRestored(instead, forced) ? { state: 'held' } : { state: 'not-held', instead, now: got.value };",
    put: "return { state: 'held' };",
  },
  {
    name: 'a change through the scale subresource counts for nobody',
    file: 'k8s/field-writers.ts',
    find: 'const entries = object.metadata.managedFields ?? [];',
    put: 'const entries = (object.metadata.managedFields ?? []).filter(({ subresource }) => subresource === undefined);',
    test: 'k8s/field-writers.test.ts',
  },
  {
    name: 'a field that nobody owns counts as unchanged',
    file: 'k8s/field-writers.ts',
    find: 'if (!ofField.some(entry => injectors.includes(writerOf(entry)))) return false;',
    put: '',
    test: 'k8s/field-writers.test.ts',
  },
  {
    name: 'an edited label that came with the record in a saved YAML counts as injected',
    file: 'faults/label-stomping/restore.ts',
    find: 'if (current !== DEFAULT_VALUE && isSentWithObject(victim, RECORD)) return false;',
    put: '',
    test: 'faults/label-stomping.test.ts',
  },
  {
    name: 'a value from a saved YAML is overwritten without a word',
    file: 'faults/config-drift/settle.ts',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the text stands like this in the file.
    find: "${isSent ? takenForInjected(shown.live) : ''}",
    put: '',
    test: 'faults/config-drift.test.ts',
  },
  {
    name: 'a record that a rollback brought back is believed',
    file: 'injection/record/record-history.ts',
    find: 'const isSuperseded = own[0] !== holder ||',
    put: 'const isSuperseded = false &&',
    test: 'injection/record/record-history.test.ts',
  },
  {
    name: 'the copy of a lost record on a ReplicaSet is not looked up',
    file: 'injection/record/record-history.ts',
    find: 'if (set === undefined) return undefined;',
    put: 'if (set !== null) return undefined;',
    test: 'injection/record/record-history.test.ts',
  },
  {
    name: 'fields are not handed back to their former manager',
    file: 'injection/write/ownership.ts',
    find: 'const others = former.filter(owner => !isOurs(owner));',
    put: 'const others = former.filter(() => false);',
    test: 'injection/write/ownership.test.ts',
  },
  {
    name: 'what was put back stays ours',
    file: 'revert/restore/hand-over.ts',
    find: "if (object === undefined || write.verb === 'delete') continue;",
    put: 'if (notes !== undefined) continue;',
    test: 'revert/ownership-after.test.ts',
  },
  {
    name: 'what a busy controller writes beside us keeps our fields ours',
    file: 'revert/restore/settle.ts',
    find: 'const notesBeforeStrip = isBusy(stored)',
    put: 'const notesBeforeStrip = (false as boolean)',
    test: 'revert/ownership-after.test.ts',
  },
  {
    name: 'of two groups that serve an object, either may win',
    file: 'injection/resources.ts',
    find: "return !group.includes('.') || group.endsWith('.k8s.io') ? 0 : 1;",
    put: "return !group.includes('.') || group.endsWith('.k8s.io') ? 1 : 0;",
    test: 'revert/resources.test.ts',
  },
  {
    name: 'a vanished backup is not made again after a failed restore',
    file: 'revert/restore/restore.ts',
    find: 'await keepBackups(counted, finding, await attempt(counted, finding, options))',
    put: 'await attempt(counted, finding, options)',
    test: 'revert/does-not-hold.test.ts',
  },
  {
    name: 'what the scan read of a record that was taken off since is forgotten',
    file: 'revert/read-back/read-and-decide.ts',
    find: "const isDamaged = now.state === 'corrupt' && finding.state !== 'corrupt';",
    put: 'const isDamaged = false as boolean;',
    test: 'revert/record-changed.test.ts',
  },
  {
    name: 'what the server refused outright counts as written by us',
    file: 'revert/restore/restore.ts',
    find: 'if (!mayHaveWritten) deps.begun?.delete(finding.id);',
    put: '',
    test: 'revert/record-changed.test.ts',
  },
  {
    name: 'a record is read in another version than its own',
    file: 'revert/restore/recorded-version.ts',
    find: "if (type !== 'CRDMutation') return undefined;",
    put: "if (type !== 'toString') return undefined;",
    test: 'revert/restore/recorded-version.test.ts',
  },
  {
    name: 'an object counts as gone where only its kind is not served',
    file: 'revert/read-back/read-carrier.ts',
    find: 'if (doubt !== undefined) return { got: doubt };',
    put: '',
    test: 'revert/read-back/read-carrier.test.ts',
  },
  {
    name: 'a kind that moved to another version counts as having no objects',
    file: 'revert/scan/scan-list.ts',
    find: '!resources.some(one => one.group === group && one.kind === kind)',
    put: 'resources.length > 0',
    test: 'revert/read-back/read-carrier.test.ts',
  },
  {
    name: 'a receipt of what the server refused does not tell the original',
    file: 'revert/restore/restore.ts',
    find: 'if (original === undefined) return end;',
    put: 'if (original !== null) return end;',
    test: 'revert/restore/refusal.test.ts',
  },
  {
    name: 'a kind is left out for its plural alone',
    file: 'injection/resources.ts',
    find: "group: '',\n    resource: 'componentstatuses',",
    put: "group: /./,\n    resource: 'endpoints',",
    test: 'revert/resources.test.ts',
  },
  {
    name: 'what is never scanned makes a scan blind',
    file: 'injection/resources.ts',
    find: '(isIgnored || unlistable === true ? notes : blind)',
    put: '(unlistable === true ? notes : blind)',
    test: 'revert/resources.test.ts',
  },
  {
    name: 'marks that a person had taken off are kept as a verified value',
    file: 'revert/report.ts',
    find: 'verified: isPutBack(receipt),',
    put: '',
    test: 'records/revert-record.test.ts',
  },
  {
    name: 'what a fix makes again is not compared with what was saved',
    file: 'engine/fix.ts',
    find: 'if (got.ok && sameContent(got.value, saved))',
    put: 'if (got.ok)',
    test: 'engine/mend.test.ts',
  },
  {
    name: 'an object made again without its owners counts as the original',
    file: 'injection/restore/deletion-restore.ts',
    find: "...(ownerReferences.every(isOwned) ? [] : ['owner references']),",
    put: '',
    test: 'faults/deletions.test.ts',
  },
  {
    name: 'an object made again without its finalizers counts as the original',
    file: 'injection/restore/deletion-restore.ts',
    find: "...(finalizers.every(isKept) ? [] : ['finalizers']),",
    put: '',
    test: 'faults/deletions.test.ts',
  },
  {
    name: 'a backup of a Secret that somebody edited is believed',
    file: 'faults/config-drift/record.ts',
    find: 'if (isChanged) return',
    put: 'if (false) return',
    test: 'faults/config-drift.test.ts',
  },
  {
    name: 'a container that was renamed under the fault counts as gone',
    file: 'injection/plan/container-field.ts',
    find: 'if (renamed !== undefined)',
    put: 'if (false)',
    test: 'faults/crash-loop-inject.test.ts',
  },
  {
    name: 'a ConfigMap that an injection created is deleted with what somebody has written to it',
    file: 'faults/client-fault/restore.ts',
    find: 'const isOurs = config === undefined || isAsInjected(config, mayday);',
    put: 'const isOurs = true;',
    test: 'faults/client-fault.test.ts',
  },
  {
    name: 'what dead runs left without marks is not told where anything was restored',
    file: 'records/unfinished-lines.ts',
    find: '.filter(one => !isProven(one))',
    put: '.filter(() => proven.length === 0)',
    test: 'records/unfinished-lines.test.ts',
  },
  {
    name: 'a receipt of another injection hides what lost its marks on the same object',
    file: 'records/unfinished-lines.ts',
    find: 'receipt.type === type && ',
    put: '',
    test: 'records/unfinished-lines.test.ts',
  },
  {
    name: 'what was deleted together with its backup is left in silence',
    file: 'revert/run-writes.ts',
    find: 'const isLost = !got.ok && !(await isNamespaceOver(deps, own, victim));',
    put: 'const isLost = false;',
    test: 'engine/accept.test.ts',
  },
  {
    name: 'an object of which the server tells no writers counts as restored once its marks are gone',
    file: 'revert/scan/unmarked.ts',
    find: 'managedFields.length > 0;',
    put: 'managedFields.length >= 0;',
    test: 'revert/scan/unmarked.test.ts',
  },
  {
    name: 'an edited backup is named as the keeper of the original',
    file: 'revert/read-back/original-of.ts',
    find: "if (restore.is === 'corrupt') return undefined;",
    put: '',
    test: 'revert/read-back/original-of.test.ts',
  },
  {
    name: 'what an injection created is deleted with what somebody has written to it',
    file: 'injection/plan/created.ts',
    find: "traits.looksCreated(object) && otherWriterOf(object, ['f:spec'], TYPE_MARK) === undefined",
    put: 'traits.looksCreated(object)',
    test: 'faults/quota-exhaustion.test.ts',
  },
];
