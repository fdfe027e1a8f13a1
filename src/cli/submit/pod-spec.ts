import { parse } from 'yaml';
import { disk, readSource } from '../../experiment/files.ts';
import { messageOf } from '../../text/message-of.ts';
import { CommandFailure } from '../failure.ts';

/** The members of a pod specification that a user may set. The others make the pod safe and cannot be set. */
const TAKEN = [
  'nodeSelector',
  'tolerations',
  'affinity',
  'topologySpreadConstraints',
  'imagePullSecrets',
  'priorityClassName',
  'runtimeClassName',
  'schedulerName',
];

/** Reads the file of `--pod-spec`: where pods may run, and which secrets pull their image. */
export function podSpecOption(path: unknown): Record<string, unknown> {
  if (path === undefined) return {};
  const source = readSource(String(path), disk, 'a file with a part of a pod specification');
  const fail = (found: string) =>
    new CommandFailure(`--pod-spec ${String(path)}: expected a map with any of ${TAKEN.join(', ')}; found ${found}`);
  if (source.problem !== undefined) throw new CommandFailure(`--pod-spec: ${source.problem}`);
  let value: unknown;
  try {
    value = parse(source.text);
  } catch (error) {
    throw fail(`what is no YAML: ${messageOf(error).split('\n')[0]}`);
  }
  if (value === null || typeof value !== 'object' || Array.isArray(value)) throw fail('something else');
  const others = Object.keys(value).filter(key => !TAKEN.includes(key));
  if (others.length > 0) throw fail(others.join(', '));
  return value as Record<string, unknown>;
}
