/** What is built from Go modules: which wrapper module gives which binaries, in which version, and what that costs. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const modulesFolder = fileURLToPath(new URL('./modules/', import.meta.url));
const repositoryRoot = fileURLToPath(new URL('../../../', import.meta.url));

/** A wrapper module of ours: its go.mod pins `provides` and names the commands as tools. */
export interface GoModule {
  readonly name: string;
  /** The module path whose version in go.mod decides where the binaries are kept. */
  readonly provides: string;
  readonly binaries: readonly string[];
  /** Seconds of a cold build on two cores, downloads included; a warm Go build cache takes a few. */
  readonly coldSeconds: number;
  /** A folder of the module that is kept beside the binaries, such as the manifests that install it. */
  readonly keeps?: string;
  /** Package variables that the linker sets; the module's own build scripts do the same from git. */
  readonly stamp?: (version: string) => Readonly<Record<string, string>>;
}

// Unstamped, the API server calls itself "v0.0.0-master+$Format:%H$", which kubectl and others cannot parse.
function kubernetesStamp(version: string): Record<string, string> {
  const [major = '', minor = ''] = version.slice(1).split('.');
  const packages = ['k8s.io/component-base/version', 'k8s.io/client-go/pkg/version'];
  const values = { gitVersion: version, gitMajor: major, gitMinor: minor, gitTreeState: 'clean', gitCommit: 'unknown' };
  return Object.fromEntries(
    packages.flatMap(path => Object.entries(values).map(([name, value]) => [`${path}.${name}`, value])),
  );
}

export const controlPlaneModules: readonly GoModule[] = [
  {
    name: 'kubernetes',
    provides: 'k8s.io/kubernetes',
    binaries: ['kube-apiserver', 'kube-controller-manager', 'kube-scheduler'],
    coldSeconds: 300,
    stamp: kubernetesStamp,
  },
  { name: 'etcd', provides: 'go.etcd.io/etcd/server/v3', binaries: ['etcd'], coldSeconds: 35 },
  { name: 'kwok', provides: 'sigs.k8s.io/kwok', binaries: ['kwok'], coldSeconds: 90 },
];

/** Real operators, needed only by the tests that run them. */
export const operatorModules: readonly GoModule[] = [
  {
    name: 'training-operator',
    provides: 'github.com/kubeflow/training-operator',
    binaries: ['training-operator.v1'],
    coldSeconds: 80,
    keeps: 'manifests/base',
  },
];

/** The folder of a wrapper module's go.mod. */
export const sourceFolder = (module: GoModule): string => join(modulesFolder, module.name);

/** The version that the wrapper's go.mod requires, as `v1.2.3`. Throws when go.mod does not name it. */
export function pinnedVersion(module: GoModule): string {
  const text = readFileSync(join(sourceFolder(module), 'go.mod'), 'utf8');
  const found = text.split('\n').find(line =>
    line
      .replace(/^require\s+/, '')
      .trim()
      .startsWith(`${module.provides} v`),
  );
  const version = found
    ?.trim()
    .split(/\s+/)
    .find(word => /^v\d/.test(word));
  if (version === undefined) throw new Error(`${module.name}/go.mod does not require ${module.provides}`);
  return version;
}

/** Where a module's binaries are kept: by version, so that a new pin builds anew and the old one still works. */
export function binaryFolder(module: GoModule): string {
  const cache = process.env.MAYDAY_CLUSTER_CACHE ?? join(repositoryRoot, '.cache', 'controlplane');
  return join(cache, 'bin', `${module.name}-${pinnedVersion(module)}`);
}

/** The path of one binary, built or not. Throws for a name that no module provides. */
export function binaryPath(binary: string): string {
  const module = [...controlPlaneModules, ...operatorModules].find(each => each.binaries.includes(binary));
  if (module === undefined) throw new Error(`no module provides ${binary}`);
  return join(binaryFolder(module), binary);
}
