type Option = readonly [flags: string, text: string];

/** Options of several commands that run experiments, in the same words. */
export const YES_TO_ONE: Option = ['-y, --yes', 'answer yes to the question before a dangerous injection'];
export const YES_TO_ALL: Option = ['-y, --yes', 'answer yes to the question before dangerous injections'];
export const CONFIRM: Option = [
  '--confirm <context>',
  'the name of a protected context, when nobody can be asked for it',
];
export const SET_IN_ONE: Option = ['--set <path=value...>', 'override a field under spec, such as injection.count=2'];
export const SET_IN_ALL: Option = [
  '--set <path=value...>',
  'override a field under spec of every experiment, such as injection.count=2',
];
export const TIERS_LEFT_OUT: Option = ['--max-tier <n>', 'leave out experiments above this tier'];
export const REPEAT: Option = ['--repeat <n>', 'run the whole list this many times (1)'];
export const STOP_EACH_AFTER: Option = [
  '--timeout <duration>',
  'stop and revert each run after this long, such as 10m',
];
export const SOAK: Option = [
  '--soak <duration>',
  'how long the target must stay steady before it counts as recovered (10s)',
];
export const KNOWLEDGE: Option = [
  '--knowledge <path...>',
  "operators' knowledge models: what depends on the target is watched for harm, too",
];
export const RESULTS: Option = [
  '--results <configmap>',
  'also keep the result in this ConfigMap, as configmap/NAME; what a submitted pod does',
];
export const NO_WRITES: Option = ['--dry-run', 'plan and check everything, write nothing'];
