import { type Command, InvalidArgumentError, Option } from 'commander';
import type { SharedByConnections } from '../kube/connection/machine.ts';

const EVERYWHERE = ['text', 'json', 'yaml', 'jsonl'] as const;
const OTHERS = ['md', 'html', 'junit', 'csv', 'operator-chaos'] as const;
/** A form of output that only some commands write. */
export type OtherForm = (typeof OTHERS)[number];
type Output = (typeof EVERYWHERE)[number] | OtherForm;

/** Whether a form of output is one that not every command writes. */
export const isOtherForm = (form: string): form is OtherForm => OTHERS.some(other => other === form);

/** The global options, as commander gives them. */
export interface GlobalOptions {
  context?: string;
  /** Several clusters: context names separated by commas, all of the kubeconfig, or those that a file names. */
  contexts?: string;
  allContexts?: boolean;
  contextsFile?: string;
  kubeconfig?: string;
  namespace?: string;
  as?: string;
  asGroup?: string[];
  sandbox?: string;
  speed?: number;
  readOnly?: boolean;
  output: Output;
  color: 'auto' | 'always' | 'never';
  ascii?: boolean;
  screenReader?: boolean;
  logFile?: string;
  config?: string;
  /** The game-day that the console leads. */
  gameday?: string;
  /** Whether the console begins with the guided tour. */
  tour?: boolean;
  /** Set where the command runs on many clusters; never set by the command line. */
  shared?: SharedByConnections;
  /** Which person of the game-day uses this console. */
  person?: string;
}

const collect = (value: string, earlier: string[] = []): string[] => [...earlier, value];

function positive(value: string): number {
  const number = Number(value);
  if (!Number.isFinite(number) || number <= 0) throw new InvalidArgumentError('expected a number above 0, such as 10.');
  return number;
}

const NAMESPACE = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;

/** Checks the name of a namespace. An empty one passes here, and is refused with all other empty values. */
function namespaceName(value: string): string {
  if (value.trim() !== '' && !NAMESPACE.test(value))
    throw new InvalidArgumentError('expected the name of a namespace: lower-case letters, digits and dashes.');
  return value;
}

/** Adds the options that every command understands, before or after its name. */
export function addGlobalOptions(program: Command): Command {
  return program
    .option('--context <name>', 'kubeconfig context to use')
    .option('--contexts <names>', 'several contexts, separated by commas: for status, triage, scan, revert, latch')
    .option('--all-contexts', 'every context of the kubeconfig')
    .option('--contexts-file <file>', 'the contexts in this file, one on each line; # begins a comment')
    .option('--kubeconfig <file>', 'kubeconfig file (else KUBECONFIG, ~/.kube/config, in-cluster)')
    .option('-n, --namespace <name>', 'namespace to look at, and target namespace of experiments', namespaceName)
    .option('--as <user>', 'act as this user (impersonation)')
    .option('--as-group <group>', 'act with this group; repeatable', collect)
    .option(
      '--sandbox [scenario]',
      'use the embedded cluster instead of a real one (--sandbox=SCENARIO chooses what is in it)',
    )
    .option('--speed <n>', 'how many times faster than real time the sandbox runs', positive)
    .option('--read-only', 'never write to the cluster')
    .addOption(new Option('-o, --output <form>', 'output format').choices([...EVERYWHERE, ...OTHERS]).default('text'))
    .addOption(new Option('--color <when>', 'colour').choices(['auto', 'always', 'never']).default('auto'))
    .option('--ascii', 'only ASCII characters')
    .option('--screen-reader', 'the console as numbered menus in plain lines; works in a pipe')
    .option('--log-file <file>', 'write diagnostic lines (JSON) to this file')
    .option('--config <file>', 'configuration file');
}

/**
 * `--sandbox` has an optional scenario after an equals sign. Without this function a following word, such as the file
 * in `run --sandbox FILE`, would be parsed as the scenario.
 */
export function settleOptionalValues(argv: readonly string[]): string[] {
  const end = argv.indexOf('--');
  return argv.map((word, i) => (word === '--sandbox' && (end < 0 || i < end) ? '--sandbox=healthy' : word));
}

/** Whether the command line names several clusters. */
export const isFleet = ({ contexts, allContexts, contextsFile }: GlobalOptions): boolean =>
  contexts !== undefined || allContexts === true || contextsFile !== undefined;
