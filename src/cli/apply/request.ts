import { disk } from '../../experiment/files.ts';
import type { LoadedExperiment } from '../../experiment/types.ts';
import type { Invocation } from '../command.ts';
import { CommandFailure } from '../failure.ts';
import { loadOrFail } from '../load.ts';
import { durationOption } from '../number.ts';
import { withStandardInput } from '../standard-input.ts';
import { ACCEPT_MS } from './follow.ts';

/** What the command line asks for; parsed before a connection is made. */
export type ApplyRequest = {
  acceptMs: number;
  timeoutMs?: number;
} & (
  | { is: 'file'; loaded: LoadedExperiment; namespace?: string; dryRun: boolean; detach: boolean }
  | { is: 'follow' | 'stop'; namespace?: string; name: string }
);

export async function applyRequest({ globals, args, options }: Invocation): Promise<ApplyRequest> {
  const path = args[0];
  const found = [
    ...(path === undefined ? [] : [String(path)]),
    ...(['follow', 'stop'] as const).filter(name => options[name] !== undefined).map(name => `--${name}`),
  ];
  if (found.length !== 1)
    throw new CommandFailure(
      `expected one of FILE, --follow NAME and --stop NAME, found ${found.length === 0 ? 'none' : found.join(' and ')}`,
    );
  const timeoutMs = durationOption(options.timeout, 'timeout');
  const times = {
    acceptMs: durationOption(options.accept, 'accept') ?? ACCEPT_MS,
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
  };
  const inNamespace = options.in === undefined ? {} : { namespace: String(options.in) };
  if (path === undefined) {
    const is = options.follow === undefined ? 'stop' : 'follow';
    const here = globals.namespace === undefined ? inNamespace : { namespace: globals.namespace };
    return { ...times, is, ...here, ...placeOf(String(options[is])) };
  }
  return {
    ...times,
    is: 'file',
    loaded: await load(String(path), { globals, options }),
    ...inNamespace,
    dryRun: options.dryRun === true || globals.readOnly === true,
    detach: options.detach === true,
  };
}

async function load(
  path: string,
  { globals, options }: Pick<Invocation, 'globals' | 'options'>,
): Promise<LoadedExperiment> {
  const files = await withStandardInput(disk, [path], process.stdin);
  const set = (options.set as string[] | undefined) ?? [];
  const loaded = loadOrFail(path, { namespace: globals.namespace, set }, files);
  return options.name === undefined ? loaded : withMetadata(loaded, { name: String(options.name) });
}

/** A copy of the experiment with another name or namespace. */
export function withMetadata(
  loaded: LoadedExperiment,
  metadata: Partial<LoadedExperiment['experiment']['metadata']>,
): LoadedExperiment {
  const { experiment } = loaded;
  return { ...loaded, experiment: { ...experiment, metadata: { ...experiment.metadata, ...metadata } } };
}

/** `NAME` or `NAMESPACE/NAME`. */
function placeOf(given: string): { namespace?: string; name: string } {
  const parts = given.replace(/^ChaosExperiment:/, '').split('/');
  const [first = '', second] = parts;
  if (parts.length > 2 || first === '' || second === '')
    throw new CommandFailure(`expected NAME or NAMESPACE/NAME of a ChaosExperiment, found ${given}`);
  return second === undefined ? { name: first } : { namespace: first, name: second };
}
