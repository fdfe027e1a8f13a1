import type { CommandSpec } from '../command.ts';

/** Options by which `scan` and `revert` choose among the injections found. */
const CHOICE: NonNullable<CommandSpec['options']> = [
  ['--type <type>', 'only this injection type'],
  ['--experiment <name>', 'only what this experiment left'],
  ['--older-than <duration>', 'only what was injected longer ago than this, such as 30m'],
];

/** The option that confirms protected clusters when a command runs on many. */
const CONFIRM_EACH = [
  '--confirm <contexts...>',
  'with --contexts or --all-contexts: the names of the protected contexts',
] as const;

/** The commands that find and revert injections, and those that say what is broken. */
export const CLUSTER_COMMANDS: readonly CommandSpec[] = [
  {
    usage: 'scan',
    description: 'list every injection in the cluster: what, where, whose, since when, whether overdue',
    options: [['--fast', 'find by labels only; skip the deep scan of all metadata'], ...CHOICE],
    fleet: {},
    load: async () => (await import('../scan.ts')).scanCommand,
  },
  {
    usage: 'revert [ids...]',
    description: 'the emergency stop: restore the originals, verify, count what remains',
    options: [
      ['--all', 'every injection found, and every experiment of the framework that injects or is about to'],
      ['--others', 'also ask other chaos tools to stop the faults that a scan shows, in the way each documents'],
      ...CHOICE,
      ['--dry-run', 'show what would be written'],
      ['-y, --yes', 'ask no questions; leave, and name, what needs a decision'],
      ['--trust-records', 'with --yes: trust every undo record, whatever it would create, replace or delete'],
      ['--force-diverged', 'restore the original even if the value was changed since'],
      CONFIRM_EACH,
      ['--strip-marks', 'if the undo record is lost or the value was changed since: keep the value, remove the marks'],
    ],
    fleet: { writes: () => true },
    load: async () => (await import('../revert/revert.ts')).revertCommand,
  },
  {
    usage: 'quiet',
    description: 'after a stop: watch the cluster, and say for how long nothing was injected',
    options: [
      ['--for <duration>', 'how long to watch (1m)'],
      ['--interval <duration>', 'the time between two scans (5s)'],
    ],
    load: async () => (await import('../quiet.ts')).quietCommand,
  },
  {
    usage: 'latch <on|off|status>',
    description: 'refuse new injections from every mayday; `revert --all` turns it on',
    options: [['--why <text>', 'the reason, shown to everybody who wants to inject'], CONFIRM_EACH],
    fleet: { writes: ([action]) => action === 'off' },
    load: async () => (await import('../latch.ts')).latchCommand,
  },
  {
    usage: 'status',
    description: 'print the health of the cluster',
    fleet: {},
    load: async () => (await import('../status.ts')).statusCommand,
  },
  {
    usage: 'triage [object]',
    description:
      'what is broken, since when, why, and what to do; for the whole cluster or one object such as deploy/web',
    options: [
      ['--since <duration>', 'only what began within this time, such as 30m'],
      ['--watch', 'keep watching, and print again when the findings change'],
      ['--save <file>', 'keep the findings and their data in a file that --from can open without the cluster'],
      ['--force', 'replace the file of --save if it exists'],
      ['--from <file>', 'read a file of --save instead of a cluster'],
    ],
    forms: ['md'],
    fleet: {},
    load: async () => (await import('../triage/triage.ts')).triageCommand,
  },
  {
    usage: 'fix [finding] [object]',
    description:
      'fix one finding of triage where mayday can, given its id or its rule and object: shows the plan, asks, verifies',
    options: [
      ['--do <fix>', 'which fix, if there are several'],
      ['--ttl <duration>', 'for how long --do ignore keeps a dead webhook from blocking (15m)'],
      ['--webhook <name>', 'which webhook of the configuration --do ignore is for'],
      ['--put-back <file>', 'create again what a fix saved and deleted'],
      ['--confirm <context>', 'the name of a protected context, where nobody can be asked for it'],
      ['--dry-run', 'show what would be written'],
      ['-y, --yes', 'do not ask'],
    ],
    load: async () => (await import('../fix/fix.ts')).fixCommand,
  },
  {
    usage: 'explain [rule]',
    description: 'what a triage rule looks at, why, and what to do; without RULE, all rules by gate',
    load: async () => (await import('../explain.ts')).explainCommand,
  },
  {
    usage: 'guardian',
    description: 'reverts the faults of a dead run or console at their TTL; runs and consoles start it by themselves',
    load: async () => (await import('../guardian.ts')).guardianCommand,
  },
  {
    usage: 'reaper',
    description: 'reverts every fault whose TTL is over, whoever injected it; made to run in the cluster',
    options: [
      ['--interval <duration>', 'the time between two scans (5s)'],
      ['--grace <duration>', 'how long after its TTL a fault is left to its own injector (10s)'],
    ],
    load: async () => (await import('../reaper.ts')).reaperCommand,
  },
];
