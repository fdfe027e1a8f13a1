import type { Rule } from '../../rule.ts';
import { certificateNotReady, issuerNotReady } from './certificate.ts';
import { ingressCertificate } from './ingress.ts';

/** Rules about certificates issued in the cluster, and about those that Ingresses serve. */
export const certificateRules: readonly Rule[] = [certificateNotReady, issuerNotReady, ingressCertificate];
