import type { CommandSpec } from './command.ts';

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

/** Options of every command that writes a report. */
const REPORT_OPTIONS: NonNullable<CommandSpec['options']> = [
  ['--compare <what>', 'say what became worse since another report; `last` is the previous one of the same kind'],
  ['--to <path>', 'write it to this file; for -o operator-chaos, into this folder'],
  ['--force', 'replace the file of --to if it exists'],
  ['--owner <name>', 'the owner of findings that name none'],
  ['--due <date>', 'the due date of findings that name none, such as 2026-12-01'],
  ['--retest <date>', 'the date of the retest for findings that name none'],
];
const REPORT_FORMS = ['md', 'html', 'junit', 'csv', 'operator-chaos'] as const;

/** Every command, in the order in which help shows them. */
export const COMMANDS: readonly CommandSpec[] = [
  {
    usage: 'demo',
    description: 'a narrated game-day on the sandbox, in plain lines, under a minute',
    acts: true,
    load: async () => (await import('./demo.ts')).demoCommand,
  },
  {
    usage: 'tour',
    description: 'the console on the sandbox with a guide: break, see, understand, revert, in three minutes',
    acts: true,
    load: async () => (await import('./tour.ts')).tourCommand,
  },
  {
    usage: 'run <files...>',
    description: 'run experiments (`-` is standard input); one line (or JSON line) per event, then the verdict',
    options: [
      ['-y, --yes', 'answer yes to the question before a dangerous injection'],
      ['--confirm <context>', 'the name of a protected context, when nobody can be asked for it'],
      ['--set <path=value...>', 'override a field under spec, such as injection.count=2'],
      ['--max-tier <n>', 'skip experiments above this tier'],
      ['--timeout <duration>', 'stop and revert after this long, such as 10m'],
      ['--soak <duration>', 'how long the target must stay steady before it counts as recovered (10s)'],
      ['--knowledge <path...>', "operators' knowledge models: what depends on the target is watched for harm, too"],
      ['--dry-run', 'plan and check everything, write nothing'],
      ['--results <configmap>', 'also keep the result in this ConfigMap, as configmap/NAME; what a submitted pod does'],
    ],
    acts: true,
    readsExperiments: () => true,
    load: async () => (await import('./run.ts')).runCommand,
  },
  {
    usage: 'suite [paths...]',
    description: 'run experiments of files and folders by tier, side by side where they cannot disturb each other',
    options: [
      ['-y, --yes', 'answer yes to the question before dangerous injections'],
      ['--confirm <context>', 'the name of a protected context, when nobody can be asked for it'],
      ['--set <path=value...>', 'override a field under spec of every experiment, such as injection.count=2'],
      ['--max-tier <n>', 'leave out experiments above this tier'],
      ['--repeat <n>', 'run the whole list this many times (1)'],
      ['--parallel <n>', 'how many runs at most side by side; never two for one operator or namespace (4)'],
      ['--fail-fast', 'begin no more runs once one is not Resilient'],
      ['--gate <duration>', 'how long each run waits for its steady state (2m)'],
      ['--timeout <duration>', 'stop and revert each run after this long, such as 10m'],
      ['--soak <duration>', 'how long the target must stay steady before it counts as recovered (10s)'],
      ['--knowledge <path...>', "operators' knowledge models: what depends on the target is watched for harm, too"],
      ['--dry-run', 'plan and check everything, write nothing'],
      ['--resume <id>', 'continue a suite that ended early or died: runs only what is missing'],
      ['--results <configmap>', 'also keep the result in this ConfigMap, as configmap/NAME; what a submitted pod does'],
    ],
    acts: true,
    readsExperiments: () => true,
    load: async () => (await import('./suite/suite.ts')).suiteCommand,
  },
  {
    usage: 'submit [paths...]',
    description:
      'run experiments (`-` is standard input) as Kubernetes Jobs, a pod for each operator, and follow them; they go on without this command',
    options: [
      ['-y, --yes', 'answer yes to the question before dangerous injections'],
      ['--confirm <context>', 'the name of a protected context, when nobody can be asked for it'],
      ['--in <namespace>', "the namespace of the Job and its results (the context's namespace)"],
      ['--image <image>', "the pods' image (the release's own)"],
      ['--pod-spec <file>', 'tolerations, nodeSelector, imagePullSecrets and the like of the pods, as YAML'],
      ['--schedule <cron>', 'run on this schedule as a CronJob, such as "30 3 * * 1-5"'],
      ['--time-zone <name>', 'the time zone of the schedule, such as Europe/Berlin (Etc/UTC)'],
      ['--set <path=value...>', 'override a field under spec of every experiment, such as injection.count=2'],
      ['--max-tier <n>', 'leave out experiments above this tier'],
      ['--parallel <n>', 'how many runs at most side by side (4)'],
      ['--gate <duration>', 'how long each run of several waits for its steady state (2m)'],
      ['--timeout <duration>', 'stop and revert each run after this long, such as 10m'],
      ['--soak <duration>', 'how long the target must stay steady before it counts as recovered (10s)'],
      ['--repeat <n>', 'run the whole list this many times (1)'],
      ['--fail-fast', 'a pod begins no more runs once one of its runs is not Resilient'],
      ['--knowledge <path...>', "operators' knowledge models: what depends on the target is watched for harm, too"],
      [
        '--notify <object>',
        'whom the pods notify: secret/NAME or configmap/NAME with a list of receivers under the key notify.yaml',
      ],
      ['--keep <duration>', 'how long the Job is kept after its end (24h)'],
      ['--detach', 'submit, but do not follow'],
      ['--dry-run', 'check everything and show every object (-o yaml: for kubectl); create nothing'],
      ['--list', 'list what was submitted, with its state'],
      ['--logs <id>', 'print what the pods of a submission wrote'],
      ['--follow <id>', 'follow a submission to its end'],
      [
        '--cancel <id>',
        'end a submission: its pods revert, anything they left is reverted, and its objects are removed',
      ],
    ],
    acts: true,
    readsExperiments: () => true,
    load: async () => (await import('./submit/submit.ts')).submitCommand,
  },
  {
    usage: 'apply [file]',
    description: "give an experiment to the framework's controller in the cluster, and follow it to its verdict",
    options: [
      ['-y, --yes', 'answer yes to the question before a dangerous injection'],
      ['--confirm <context>', 'the name of a protected context, when nobody can be asked for it'],
      ['--name <name>', 'create it under this name instead of the one in the file'],
      ['--in <namespace>', "the namespace of the ChaosExperiment (the file's, else the context's)"],
      ['--set <path=value...>', 'override a field under spec, such as injection.count=2'],
      ['--accept <duration>', 'how long to wait for a controller to accept it (30s)'],
      ['--timeout <duration>', 'stop it if it is not over after this time, such as 10m'],
      ['--detach', 'create it, but do not follow'],
      ['--dry-run', 'check everything and let the server try it; create nothing'],
      ['--follow <name>', 'follow an existing one: NAME or NAMESPACE/NAME'],
      ['--stop <name>', 'stop one: its controller reverts it, and mayday reverts what is left'],
      ['--trust-records', 'with --stop --yes: trust every undo record, whatever it would create or delete'],
    ],
    acts: true,
    readsExperiments: () => true,
    load: async () => (await import('./apply/apply.ts')).applyCommand,
  },
  {
    usage: 'gameday <new|validate|run|resume|note|report> [file...]',
    description: 'a game-day: write a plan, validate it, run it, resume it, add a note, make the report',
    options: [
      ['-y, --yes', 'ask no questions, and take outcomes from the verdicts'],
      ['--go-on', 'with --yes: continue after an abort condition ended a scenario'],
      [
        '--despite <item...>',
        'the owner takes responsibility for this failed item of the safety check, such as "triage G7"',
      ],
      ['--confirm <context>', 'the name of a protected context, when nobody can be asked for it'],
      ['--text <words>', 'note: its text'],
      ['--tag <word>', 'note: its tag, such as alert'],
      ['--seen', 'note: records that you see the fault (T3); needs no text'],
      ...REPORT_OPTIONS.map(
        ([flags, text]) =>
          [
            flags,
            flags === '--force' ? 'replace the file that is to be written if it exists' : `report: ${text}`,
          ] as const,
      ),
    ],
    acts: true,
    forms: REPORT_FORMS,
    readsExperiments: ([action]) => action !== 'new',
    load: async () => (await import('./gameday/gameday.ts')).gameDayCommand,
  },
  {
    usage: 'plan <file>',
    description:
      'show exactly what would be written to which objects, which pods are affected, and what is permitted; `-` is standard input',
    options: [
      ['--server-dry-run', 'let the API server check every write with a dry run'],
      ['--set <path=value...>', 'override a field under spec'],
    ],
    readsExperiments: () => true,
    load: async () => (await import('./plan.ts')).planCommand,
  },
  {
    usage: 'suggest [object]',
    description:
      'list the faults that fit an object such as deploy/web, filled in from it; with --type print the experiment',
    options: [
      ['--type <type>', 'print the experiment for this injection type (-o yaml writes a file that run takes)'],
      ['--knowledge <path...>', "for all objects that operators' knowledge models name"],
      ['--to <folder>', 'with --knowledge: write each experiment as a file into this folder'],
    ],
    load: async () => (await import('./suggest/suggest.ts')).suggestCommand,
  },
  {
    usage: 'preflight <paths...>',
    description: "check that the objects in operators' knowledge models exist, are healthy and are as the models say",
    load: async () => (await import('./preflight.ts')).preflightCommand,
  },
  {
    usage: 'validate <paths...>',
    description: 'check experiment files or folders, or `-` for standard input; needs no cluster',
    options: [['--knowledge', "the paths are operators' knowledge models, or folders of them"]],
    readsExperiments: () => true,
    load: async () => (await import('./validate.ts')).validateCommand,
  },
  {
    usage: 'list [dir]',
    description: 'list the catalogue of experiments',
    options: [
      ['--type <type>', 'only this injection type'],
      ['--operator <name>', 'only this operator'],
      ['--max-tier <n>', 'only up to this tier'],
    ],
    readsExperiments: () => true,
    load: async () => (await import('./list.ts')).listCommand,
  },
  {
    usage: 'scan',
    description: 'list every injection in the cluster: what, where, whose, since when, whether overdue',
    options: [['--fast', 'find by labels only; skip the deep scan of all metadata'], ...CHOICE],
    fleet: {},
    load: async () => (await import('./scan.ts')).scanCommand,
  },
  {
    usage: 'revert [ids...]',
    description: 'the emergency stop: put originals back, verify, count what remains',
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
    acts: true,
    fleet: { writes: () => true },
    load: async () => (await import('./revert/revert.ts')).revertCommand,
  },
  {
    usage: 'quiet',
    description: 'after a stop: watch the cluster, and say for how long nothing was injected',
    options: [
      ['--for <duration>', 'how long to watch (1m)'],
      ['--interval <duration>', 'the time between two scans (5s)'],
    ],
    load: async () => (await import('./quiet.ts')).quietCommand,
  },
  {
    usage: 'latch <on|off|status>',
    description: 'refuse new injections from every mayday; `revert --all` turns it on',
    options: [['--why <text>', 'the reason, shown to everybody who wants to inject'], CONFIRM_EACH],
    acts: true,
    fleet: { writes: ([action]) => action === 'off' },
    load: async () => (await import('./latch.ts')).latchCommand,
  },
  {
    usage: 'status',
    description: 'print the health of the cluster',
    fleet: {},
    load: async () => (await import('./status.ts')).statusCommand,
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
    load: async () => (await import('./triage/triage.ts')).triageCommand,
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
    acts: true,
    load: async () => (await import('./fix/fix.ts')).fixCommand,
  },
  {
    usage: 'explain [rule]',
    description: 'what a triage rule looks at, why, and what to do; without RULE, all rules by gate',
    load: async () => (await import('./explain.ts')).explainCommand,
  },
  {
    usage: 'guardian',
    description: 'reverts the faults of a dead run or console at their TTL; runs and consoles start it by themselves',
    acts: true,
    load: async () => (await import('./guardian.ts')).guardianCommand,
  },
  {
    usage: 'reaper',
    description: 'reverts every fault whose TTL is over, whoever injected it; made to run in the cluster',
    options: [
      ['--interval <duration>', 'the time between two scans (5s)'],
      ['--grace <duration>', 'how long after its TTL a fault is left to its own injector (10s)'],
    ],
    acts: true,
    load: async () => (await import('./reaper.ts')).reaperCommand,
  },
  {
    usage: 'report [what...]',
    description:
      'make a report of a run, suite or game-day by its id, or of files or folders of records; without WHAT, list what was run here',
    options: REPORT_OPTIONS,
    forms: REPORT_FORMS,
    load: async () => (await import('./report.ts')).reportCommand,
  },
  {
    usage: 'baseline <save|diff> [what...]',
    description:
      '`save` keeps the objects of namespaces (of all, if none is named); `diff` says what differs since, and who changed it',
    options: [
      ['--to <file>', 'with save: also write it to this file'],
      ['--force', 'replace the file of --to if it exists'],
      ['--from <file>', 'with diff: compare with this file instead of the last baseline of this cluster'],
    ],
    load: async () => (await import('./baseline.ts')).baselineCommand,
  },
  {
    usage: 'sandbox [scenario]',
    description: 'run the embedded cluster as a server until interrupted',
    options: [
      ['--kubeconfig-out <file>', 'write a kubeconfig for it (else its path is printed)'],
      ['--force', 'replace the file of --kubeconfig-out if it exists'],
      ['--port <n>', 'port on 127.0.0.1 (a free one by default)'],
      ['--seed <n>', 'seed of everything random (also MAYDAY_SANDBOX_SEED)'],
      ['--list', 'print the scenarios'],
      ['--attached', 'end when standard input ends'],
    ],
    acts: true,
    load: async () => (await import('./sandbox/sandbox.ts')).sandboxCommand,
  },
  {
    usage: 'webhook-server',
    description: 'the server of a WebhookLatency injection in the cluster: answers every review with a delay',
    options: [
      ['--delay <duration>', 'the delay of each answer (25s)'],
      ['--port <n>', 'port (8443)'],
      ['--tls-cert-file <file>', 'certificate, PEM'],
      ['--tls-private-key-file <file>', 'key, PEM'],
    ],
    acts: true,
    load: async () => (await import('./webhook-server.ts')).webhookServerCommand,
  },
  {
    usage: 'completion <bash|zsh|fish|kubectl>',
    description: 'print the completion script for bash, zsh or fish, or the program that completes `kubectl mayday`',
    load: async () => (await import('./completion/completion.ts')).completionCommand,
  },
  {
    usage: 'complete [words...]',
    description: 'the words that may stand at the cursor; the completion scripts ask it',
    hidden: true,
    load: async () => (await import('./completion/complete.ts')).completeCommand,
  },
  {
    usage: 'info',
    description: 'print every path and version in use',
    load: async () => (await import('./info.ts')).infoCommand,
  },
  {
    usage: 'version',
    description: 'print the version',
    load: async () => (await import('./version.ts')).versionCommand,
  },
];
