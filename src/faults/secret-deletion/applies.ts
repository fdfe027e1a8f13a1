import { doesNotFit, fits, isKind } from '../../injection/plan/fit.ts';
import type { KubeObject } from '../../k8s/object.ts';
import { configReferences } from '../../k8s/pod-references.ts';
import type { Fit } from '../contract.ts';

/** A Secret, or an object that needs one: pods, their templates, certificates, ingresses. */
export function appliesTo(object: KubeObject): Fit {
  const name = isKind(object, '', 'Secret') ? object.metadata.name : secretOf(object);
  return name === undefined ? doesNotFit('it is for a Secret, and this names none') : fits(object, { name });
}

function secretOf(object: KubeObject): string | undefined {
  const { secretName, tls } = (object.spec ?? {}) as {
    secretName?: unknown;
    tls?: readonly { secretName?: unknown }[];
  };
  if (isKind(object, 'cert-manager.io', 'Certificate')) return textOf(secretName);
  if (isKind(object, 'networking.k8s.io', 'Ingress')) return tls?.map(each => textOf(each.secretName)).find(Boolean);
  return configReferences(object).find(({ kind }) => kind === 'Secret')?.name;
}

const textOf = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);
