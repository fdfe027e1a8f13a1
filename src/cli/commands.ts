import type { CommandSpec } from './command.ts';
import { CLUSTER_COMMANDS } from './command-table/cluster.ts';
import { EXPERIMENT_COMMANDS } from './command-table/experiments.ts';
import { OTHER_COMMANDS } from './command-table/records-and-tools.ts';

/** Every command, in the order in which help shows them. */
export const COMMANDS: readonly CommandSpec[] = [...EXPERIMENT_COMMANDS, ...CLUSTER_COMMANDS, ...OTHER_COMMANDS];
