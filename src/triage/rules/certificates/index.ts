import type { Rule } from '../../rule.ts';
import { certificateNotReady, issuerNotReady } from './certificate.ts';
import { ingressCertificate } from './ingress.ts';

/** Certificates that are issued in the cluster, and those that are served to the outside. */
export const certificateRules: readonly Rule[] = [certificateNotReady, issuerNotReady, ingressCertificate];
