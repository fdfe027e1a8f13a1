import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';

/** An object as a manifest writes it. */
// biome-ignore lint/suspicious/noExplicitAny: manifests of many kinds, changed here and there before they are sent
export type Manifest = any;

/** All objects in the YAML files of a folder, not of its subfolders; kustomize's own files are left out. */
export function manifestsIn(folder: string): Manifest[] {
  const files = readdirSync(folder).filter(name => /\.ya?ml$/.test(name) && !/^(kustom|patch)/.test(name));
  return files.flatMap(name => parseAllDocuments(readFileSync(join(folder, name), 'utf8')).map(each => each.toJS()));
}

/** The collection to POST an object to. Throws for a kind that is not named here. */
export function collectionOf(object: Manifest): string {
  const plural = plurals[object.kind as string];
  if (plural === undefined) throw new Error(`no path known for ${object.kind}`);
  const [group, version] = String(object.apiVersion).includes('/')
    ? String(object.apiVersion).split('/')
    : ['', object.apiVersion];
  const root = group === '' ? `/api/${version}` : `/apis/${group}/${version}`;
  const { namespace } = object.metadata;
  return namespace === undefined ? `${root}/${plural}` : `${root}/namespaces/${namespace}/${plural}`;
}

const plurals: Readonly<Record<string, string>> = {
  ClusterRole: 'clusterroles',
  ClusterRoleBinding: 'clusterrolebindings',
  CustomResourceDefinition: 'customresourcedefinitions',
  Deployment: 'deployments',
  Namespace: 'namespaces',
  PyTorchJob: 'pytorchjobs',
  Secret: 'secrets',
  Service: 'services',
  ServiceAccount: 'serviceaccounts',
  ValidatingWebhookConfiguration: 'validatingwebhookconfigurations',
};
