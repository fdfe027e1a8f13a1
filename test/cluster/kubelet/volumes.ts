/** Volumes of a pod as folders on this machine, kept up to date while the pod lives. */
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, relative } from 'node:path';
import type { ContainerSpec, Items, Pod, Volume } from './types.ts';

type Contents = Readonly<Record<string, Buffer>>;

/** Where the contents of volumes come from. Undefined: there is no such object. */
export interface Source {
  secret(name: string): Promise<Contents | undefined>;
  configMap(name: string): Promise<Contents | undefined>;
  token(): Promise<string>;
  field(path: string): string | undefined;
}

/**
 * Writes what the pod's volumes hold now below `folder`, one folder per volume. Each file is replaced whole; files
 * whose key is gone are removed. Rejects, as a mount would fail, when a Secret or ConfigMap that is not optional is
 * not there.
 */
export async function writeVolumes(pod: Pod, folder: string, source: Source): Promise<void> {
  for (const volume of pod.spec.volumes ?? []) {
    const target = join(folder, volume.name);
    mkdirSync(target, { recursive: true });
    const files = await contents(volume, source);
    if (files !== undefined) writeFiles(target, files);
  }
}

/** Puts links to the volumes where the container expects its mounts, below `root`. */
export function mount(container: ContainerSpec, volumes: string, root: string): void {
  for (const { name, mountPath, subPath } of container.volumeMounts ?? []) {
    const link = join(root, mountPath);
    mkdirSync(dirname(link), { recursive: true });
    rmSync(link, { force: true, recursive: true });
    symlinkSync(join(volumes, name, subPath ?? ''), link);
  }
}

/** The files of a volume, by path; undefined for one that starts empty and belongs to the pod. */
async function contents(volume: Volume, source: Source): Promise<Contents | undefined> {
  const { secret, configMap, projected } = volume;
  if (secret !== undefined) return fromObject('secret', secret.secretName, secret, source);
  if (configMap !== undefined) return fromObject('configmap', configMap.name, configMap, source);
  if (projected === undefined) return undefined;
  let all: Contents = {};
  for (const each of projected.sources) {
    if (each.secret !== undefined)
      all = { ...all, ...(await fromObject('secret', each.secret.name, each.secret, source)) };
    if (each.configMap !== undefined)
      all = { ...all, ...(await fromObject('configmap', each.configMap.name, each.configMap, source)) };
    if (each.serviceAccountToken !== undefined)
      all = { ...all, [each.serviceAccountToken.path]: Buffer.from(await source.token()) };
    for (const { path, fieldRef } of each.downwardAPI?.items ?? [])
      all = { ...all, [path]: Buffer.from(source.field(fieldRef?.fieldPath ?? '') ?? '') };
  }
  return all;
}

interface Wanted {
  readonly items?: readonly Items[];
  readonly optional?: boolean;
}

async function fromObject(
  kind: 'secret' | 'configmap',
  name: string,
  wanted: Wanted,
  source: Source,
): Promise<Contents> {
  const data = await (kind === 'secret' ? source.secret(name) : source.configMap(name));
  if (data === undefined) {
    if (wanted.optional === true) return {};
    throw new Error(`${kind} "${name}" not found`);
  }
  if (wanted.items === undefined) return data;
  return Object.fromEntries(wanted.items.flatMap(({ key, path }) => (data[key] ? [[path, data[key]]] : [])));
}

function writeFiles(folder: string, files: Contents): void {
  for (const [path, bytes] of Object.entries(files)) {
    const file = join(folder, path);
    if (existsSync(file) && readFileSync(file).equals(bytes)) continue;
    mkdirSync(dirname(file), { recursive: true });
    // A reader sees the old or the new file, never half of one.
    writeFileSync(`${file}.new`, bytes, { mode: 0o600 });
    renameSync(`${file}.new`, file);
  }
  for (const path of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    const file = join(folder, path);
    if (files[relative(folder, file)] === undefined && statSync(file).isFile()) rmSync(file, { force: true });
  }
}
