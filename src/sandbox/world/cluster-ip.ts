/** The defaults of a ClusterIP Service besides ports, selector and address. */
export const CLUSTER_IP = {
  type: 'ClusterIP',
  sessionAffinity: 'None',
  ipFamilies: ['IPv4'],
  ipFamilyPolicy: 'SingleStack',
  internalTrafficPolicy: 'Cluster',
} as const;
