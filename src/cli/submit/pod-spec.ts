import { parse } from 'yaml';
import { disk, readSource } from '../../experiment/files.ts';
import { messageOf } from '../../text/message-of.ts';
import { CommandFailure } from '../failure.ts';

/** What a cluster may ask of every pod. The rest of a pod's specification is what makes it safe, and stays ours. */
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

/** The file that `--pod-spec` names: where pods may run, and by which secrets their image is pulled. */
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
