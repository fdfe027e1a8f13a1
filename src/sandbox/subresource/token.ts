import type { Call, Kernel } from '../api/kernel.ts';
import { currentObject } from '../api/update.ts';
import { part } from '../defaults/fill.ts';
import { ISSUER, type Tokens } from '../http/tokens.ts';
import { type KubeObject, timestamp } from '../object.ts';
import { invalid } from '../status.ts';
import { invalidValue } from '../validate/field.ts';

const MIN_SECONDS = 600;
const DEFAULT_SECONDS = 3600;
const MAX_SECONDS = 2 ** 32;

/** Answers a TokenRequest with a token for the ServiceAccount the call names. */
export function requestToken(kernel: Kernel, call: Call, body: unknown, tokens: Tokens): KubeObject {
  const account = currentObject(kernel, call);
  const spec = part(body, 'spec') ?? {};
  const seconds = Number(spec.expirationSeconds ?? DEFAULT_SECONDS);
  if (seconds < MIN_SECONDS)
    throw invalid('authentication.k8s.io', 'TokenRequest', '', [
      {
        reason: 'FieldValueInvalid',
        message: `Invalid value: ${seconds}: may not specify a duration less than 10 minutes`,
        field: 'spec.expirationSeconds',
      },
    ]);
  if (seconds > MAX_SECONDS)
    throw invalid('authentication.k8s.io', 'TokenRequest', '', [
      invalidValue('spec.expirationSeconds', seconds, 'may not specify a duration larger than 2^32 seconds'),
    ]);
  const audiences = Array.isArray(spec.audiences) && spec.audiences.length > 0 ? spec.audiences.map(String) : [ISSUER];
  const { name, namespace = '', uid } = account.metadata;
  const now = kernel.clock.now();
  return {
    kind: 'TokenRequest',
    apiVersion: 'authentication.k8s.io/v1',
    metadata: { name, namespace, uid, creationTimestamp: timestamp(now) } as KubeObject['metadata'],
    spec: { audiences, expirationSeconds: seconds, boundObjectRef: spec.boundObjectRef ?? null },
    status: {
      token: tokens.issue({ namespace, name, uid }, audiences, seconds),
      expirationTimestamp: timestamp(now + seconds * 1000),
    },
  };
}
