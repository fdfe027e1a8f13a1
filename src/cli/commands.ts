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
  'with --contexts or --all-contexts: the protected ones among them, by name',
] as const;

/** Options of every command that writes a report. */
const REPORT_OPTIONS: NonNullable<CommandSpec['options']> = [
  ['--compare <what>', 'say what became worse since another; `last` is the one before of the same kind'],
  ['--to <path>', 'write it to this file; for -o operator-chaos, into this folder'],
  ['--force', 'replace the file that --to names, where there is one'],
  ['--owner <name>', 'who does what the findings ask for, where they do not say'],
  ['--due <date>', 'by when, such as 2026-12-01, where they do not say'],
  ['--retest <date>', 'when it is tried again, where they do not say'],
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
      ['--confirm <context>', 'the name of a protected context, where nobody can be asked for it'],
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
      ['--confirm <context>', 'the name of a protected context, where nobody can be asked for it'],
      ['--set <path=value...>', 'override a field under spec of every experiment, such as injection.count=2'],
      ['--max-tier <n>', 'leave out experiments above this tier'],
      ['--repeat <n>', 'run all of it this many times (1)'],
      ['--parallel <n>', 'how many runs at most side by side; one operator or namespace never has two (4)'],
      ['--fail-fast', 'begin nothing more once a run is not Resilient'],
      ['--gate <duration>', 'how long the next run waits for its steady state (2m)'],
      ['--timeout <duration>', 'stop and revert each run after this long, such as 10m'],
      ['--soak <duration>', 'how long the target must stay steady before it counts as recovered (10s)'],
      ['--knowledge <path...>', "operators' knowledge models: what depends on the target is watched for harm, too"],
      ['--dry-run', 'plan and check everything, write nothing'],
      ['--resume <id>', 'go on with a suite that ended early or died: only what is missing runs'],
      ['--results <configmap>', 'also keep the result in this ConfigMap, as configmap/NAME; what a submitted pod does'],
    ],
    acts: true,
    readsExperiments: () => true,
    load: async () => (await import('./suite/suite.ts')).suiteCommand,
  },
  {
    usage: 'submit [paths...]',
    description:
      'run experiments (- for standard input) as Kubernetes Jobs, a pod for each operator, and follow them; they go on without us',
    options: [
      ['-y, --yes', 'answer yes to the question before dangerous injections'],
      ['--confirm <context>', 'the name of a protected context, where nobody can be asked for it'],
      ['--in <namespace>', "where Job and results live (the context's namespace)"],
      ['--image <image>', "the pods' image (the release's own)"],
      ['--pod-spec <file>', 'tolerations, nodeSelector, imagePullSecrets and the like of the pods, as YAML'],
      ['--schedule <cron>', 'again and again as a CronJob, such as "30 3 * * 1-5"'],
      ['--time-zone <name>', 'of the schedule, such as Europe/Berlin (Etc/UTC)'],
      ['--set <path=value...>', 'override a field under spec of every experiment, such as injection.count=2'],
      ['--max-tier <n>', 'leave out experiments above this tier'],
      ['--parallel <n>', 'how many runs at most side by side (4)'],
      ['--gate <duration>', 'how long each run of several waits for its steady state (2m)'],
      ['--timeout <duration>', 'stop and revert each run after this long, such as 10m'],
      ['--soak <duration>', 'how long the target must stay steady before it counts as recovered (10s)'],
      ['--repeat <n>', 'run all of it this many times (1)'],
      ['--fail-fast', 'a pod begins nothing more once a run of its own is not Resilient'],
      ['--knowledge <path...>', "operators' knowledge models: what depends on the target is watched for harm, too"],
      [
        '--notify <object>',
        'whom the pods tell: secret/NAME or configmap/NAME with the list of receivers under the key notify.yaml',
      ],
      ['--keep <duration>', 'how long the Job is kept after its end (24h)'],
      ['--detach', 'submit, but do not follow'],
      ['--dry-run', 'check everything and show every object, with -o yaml as a stream for kubectl; create nothing'],
      ['--list', 'what was submitted, and how it is'],
      ['--logs <id>', 'what the pods of a submission printed'],
      ['--follow <id>', 'follow a submission to its end'],
      [
        '--cancel <id>',
        'end a submission: its pods revert, what they left is reverted, and everything of it is removed',
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
      ['--confirm <context>', 'the name of a protected context, where nobody can be asked for it'],
      ['--name <name>', 'create it under this name instead of the one in the file'],
      ['--in <namespace>', "where the ChaosExperiment lives (the file's namespace, else the context's)"],
      ['--set <path=value...>', 'override a field under spec, such as injection.count=2'],
      ['--accept <duration>', 'how long a controller may take before it is said that none does (30s)'],
      ['--timeout <duration>', 'stop it when it is not over after this long, such as 10m'],
      ['--detach', 'create it, and do not follow'],
      ['--dry-run', 'check everything and let the server try it; create nothing'],
      ['--follow <name>', 'come back to one: NAME or NAMESPACE/NAME'],
      ['--stop <name>', 'end one: its controller reverts it, and what it leaves is reverted from here'],
      ['--trust-records', 'with --stop --yes: you answer for every record, whatever it would create or delete'],
    ],
    acts: true,
    readsExperiments: () => true,
    load: async () => (await import('./apply/apply.ts')).applyCommand,
  },
  {
    usage: 'gameday <new|validate|run|resume|note|report> [file...]',
    description: 'a game-day from its plan to its record: new, validate, run, resume, note, report',
    options: [
      ['-y, --yes', 'ask nobody: go on without answers, and take outcomes from the verdicts'],
      ['--go-on', 'with --yes: go on after an abort condition ended a scenario'],
      [
        '--despite <item...>',
        'the owner takes responsibility for this failed item of the safety check, such as "triage G7"',
      ],
      ['--confirm <context>', 'the name of a protected context, where nobody can be asked for it'],
      ['--text <words>', 'note: its words'],
      ['--tag <word>', 'note: what it is about, such as alert'],
      ['--seen', 'note: that you see the fault (T3); words are not needed then'],
      ...REPORT_OPTIONS.map(
        ([flags, text]) =>
          [
            flags,
            flags === '--force' ? 'replace the file that is to be written, where there is one' : `report: ${text}`,
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
      'exactly what would be written, to which objects, what is affected, and what is not permitted; `-` is standard input',
    options: [
      ['--server-dry-run', 'let the API server try every write without keeping it'],
      ['--set <path=value...>', 'override a field under spec'],
    ],
    readsExperiments: () => true,
    load: async () => (await import('./plan.ts')).planCommand,
  },
  {
    usage: 'suggest [object]',
    description: 'the faults that fit an object such as deploy/web, filled in from it; with --type the experiment',
    options: [
      ['--type <type>', 'print the experiment for this injection type (-o yaml writes a file that run takes)'],
      ['--knowledge <path...>', "the objects that operators' knowledge models name, instead of one"],
      ['--to <folder>', 'with --knowledge: write each experiment as a file there'],
    ],
    load: async () => (await import('./suggest/suggest.ts')).suggestCommand,
  },
  {
    usage: 'preflight <paths...>',
    description:
      "whether the objects that operators' knowledge models name are there and healthy, and as the models say",
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
    description: 'the experiment catalogue',
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
    description: 'every injection in the cluster: what, where, whose, since when, overdue',
    options: [['--fast', 'label scan only; skip the deep scan of all metadata'], ...CHOICE],
    fleet: {},
    load: async () => (await import('./scan.ts')).scanCommand,
  },
  {
    usage: 'revert [ids...]',
    description: 'the emergency stop: put originals back, verify, count what remains',
    options: [
      ['--all', 'every injection found, and every experiment of the framework that injects or would'],
      ['--others', 'ask other chaos tools, by their own means, to stop what a scan shows of theirs'],
      ...CHOICE,
      ['--dry-run', 'show what would be written'],
      ['-y, --yes', 'do not ask; what would need a person is left and named'],
      ['--trust-records', 'with --yes: you answer for every record, whatever it would create, replace or delete'],
      ['--force-diverged', 'restore the original even where someone has changed the value since'],
      CONFIRM_EACH,
      ['--strip-marks', 'where the record is lost or the value changed since: keep the value, take the marks off'],
    ],
    acts: true,
    fleet: { writes: () => true },
    load: async () => (await import('./revert/revert.ts')).revertCommand,
  },
  {
    usage: 'quiet',
    description: 'after a stop: watches, and says for how long nothing was injected anywhere',
    options: [
      ['--for <duration>', 'how long to watch (1m)'],
      ['--interval <duration>', 'from one look to the next (5s)'],
    ],
    load: async () => (await import('./quiet.ts')).quietCommand,
  },
  {
    usage: 'latch <on|off|status>',
    description: 'refuse new injections, everywhere; reverting all latches too',
    options: [['--why <text>', 'the reason, for whoever meets the latch'], CONFIRM_EACH],
    acts: true,
    fleet: { writes: ([action]) => action === 'off' },
    load: async () => (await import('./latch.ts')).latchCommand,
  },
  {
    usage: 'status',
    description: 'a health snapshot in text or JSON',
    fleet: {},
    load: async () => (await import('./status.ts')).statusCommand,
  },
  {
    usage: 'triage [object]',
    description: 'what is broken, since when, why, and what to do; of the whole cluster, or why deploy/web is not well',
    options: [
      ['--since <duration>', 'only what began within this time, such as 30m'],
      ['--watch', 'go on looking, and print again whenever what is found changes'],
      ['--save <file>', 'keep the findings and what they rest on in a file, to look at without the cluster'],
      ['--force', 'replace the file that --save names, where there is one'],
      ['--from <file>', 'look at what --save kept instead of at a cluster'],
    ],
    forms: ['md'],
    fleet: {},
    load: async () => (await import('./triage/triage.ts')).triageCommand,
  },
  {
    usage: 'fix [finding] [object]',
    description:
      'fix one finding of triage, by its id or by rule and object, where mayday can: plan, question, receipt',
    options: [
      ['--do <fix>', 'which fix, where there are several'],
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
    description: 'what a rule of triage looks at, why, and what to do; without one, all rules by gate',
    load: async () => (await import('./explain.ts')).explainCommand,
  },
  {
    usage: 'guardian',
    description: 'ends the faults of a run or console that died, at their TTL; they start it themselves',
    acts: true,
    load: async () => (await import('./guardian.ts')).guardianCommand,
  },
  {
    usage: 'reaper',
    description: 'reverts what is past its time, whoever left it, until it is told to end; made to run in the cluster',
    options: [
      ['--interval <duration>', 'between two looks at the cluster (5s)'],
      ['--grace <duration>', 'how long what is past its time is left to whoever made it (10s)'],
    ],
    acts: true,
    load: async () => (await import('./reaper.ts')).reaperCommand,
  },
  {
    usage: 'report [what...]',
    description:
      'a report of a run, suite or day by its id, or of a file or folder of records; of several journals of one day; without one, what was run here',
    options: REPORT_OPTIONS,
    forms: REPORT_FORMS,
    load: async () => (await import('./report.ts')).reportCommand,
  },
  {
    usage: 'baseline <save|diff> [what...]',
    description:
      '`save` keeps what namespaces look like (those named, else all); `diff` says what is not so any more, and who wrote it',
    options: [
      ['--to <file>', 'with save: write it to this file, too'],
      ['--force', 'replace the file that --to names, where there is one'],
      ['--from <file>', 'with diff: compare with this file instead of the last baseline of this cluster'],
    ],
    load: async () => (await import('./baseline.ts')).baselineCommand,
  },
  {
    usage: 'sandbox [scenario]',
    description: 'run the embedded cluster as a server until interrupted',
    options: [
      ['--kubeconfig-out <file>', 'write a kubeconfig for it (else its path is printed)'],
      ['--force', 'replace the file that --kubeconfig-out names, where there is one'],
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
    description: 'what a WebhookLatency injection runs in the cluster: answers every review, late',
    options: [
      ['--delay <duration>', 'how late (25s)'],
      ['--port <n>', 'port (8443)'],
      ['--tls-cert-file <file>', 'certificate, PEM'],
      ['--tls-private-key-file <file>', 'key, PEM'],
    ],
    acts: true,
    load: async () => (await import('./webhook-server.ts')).webhookServerCommand,
  },
  {
    usage: 'completion <bash|zsh|fish>',
    description: 'completion script for bash, zsh or fish',
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
    description: 'every path and version in use',
    load: async () => (await import('./info.ts')).infoCommand,
  },
  {
    usage: 'version',
    description: 'print the version',
    load: async () => (await import('./version.ts')).versionCommand,
  },
];
