/**
 * The gates in the order in which to examine an outage; after a FAIL in one, the results of later ones are doubtful.
 */
export const GATES = [
  { id: 'G0', name: 'API server' },
  { id: 'G1', name: 'chaos' },
  { id: 'G2', name: 'nodes' },
  { id: 'G3', name: 'APIs and CRDs' },
  { id: 'G4', name: 'admission' },
  { id: 'G5', name: 'GitOps engine' },
  { id: 'G6', name: 'GitOps applications' },
  { id: 'G7', name: 'controllers' },
  { id: 'G8', name: 'logs' },
  { id: 'G9', name: 'workloads and objects' },
] as const;

export type GateId = (typeof GATES)[number]['id'];
export type GateStatus = 'PASS' | 'WARN' | 'FAIL' | 'BLIND';
