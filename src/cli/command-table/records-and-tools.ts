import type { CommandSpec } from '../command.ts';
import { REPORT_FORMS, REPORT_OPTIONS } from './report-options.ts';

/** The commands for records, the sandbox, completion and information about the program. */
export const OTHER_COMMANDS: readonly CommandSpec[] = [
  {
    usage: 'report [what...]',
    description:
      'make a report of a run, suite or game-day by its id, or of files or folders of records; without WHAT, list what was run here',
    options: REPORT_OPTIONS,
    forms: REPORT_FORMS,
    load: async () => (await import('../report.ts')).reportCommand,
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
    load: async () => (await import('../baseline.ts')).baselineCommand,
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
    load: async () => (await import('../sandbox/sandbox.ts')).sandboxCommand,
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
    load: async () => (await import('../webhook-server.ts')).webhookServerCommand,
  },
  {
    usage: 'completion <bash|zsh|fish|kubectl>',
    description: 'print the completion script for bash, zsh or fish, or the program that completes `kubectl mayday`',
    load: async () => (await import('../completion/completion.ts')).completionCommand,
  },
  {
    usage: 'complete [words...]',
    description: 'the words that may stand at the cursor; the completion scripts ask it',
    hidden: true,
    load: async () => (await import('../completion/complete.ts')).completeCommand,
  },
  {
    usage: 'info',
    description: 'print every path and version in use',
    load: async () => (await import('../info.ts')).infoCommand,
  },
  {
    usage: 'version',
    description: 'print the version',
    load: async () => (await import('../version.ts')).versionCommand,
  },
];
