import type { Rule } from '../../rule.ts';
import { certificateNotReady, issuerNotReady } from './certificate.ts';
import { ingressCertificate } from './ingress.ts';

/** Rules on certificates issued in the cluster, and on those that Ingresses serve. */
export const certificateRules: readonly Rule[] = [certificateNotReady, issuerNotReady, ingressCertificate];
