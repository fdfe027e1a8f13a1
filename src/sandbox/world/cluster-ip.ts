/** What a ClusterIP Service is stored with, beside its ports, selector and address. */
export const CLUSTER_IP = {
  type: 'ClusterIP',
  sessionAffinity: 'None',
  ipFamilies: ['IPv4'],
  ipFamilyPolicy: 'SingleStack',
  internalTrafficPolicy: 'Cluster',
} as const;
