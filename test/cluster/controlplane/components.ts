/** The command lines of the control plane's processes. Facts about flags only; starting and waiting are in start.ts. */
import type { Authority, Certificate } from './certificates.ts';

export interface Layout {
  readonly data: string;
  readonly ports: { readonly etcd: number; readonly etcdPeer: number; readonly api: number; readonly kwok: number };
  readonly authority: Authority;
  readonly serving: Certificate;
  readonly serviceAccount: { readonly key: string; readonly publicKey: string };
  readonly egressConfig: string;
  readonly kubeconfigs: { readonly controllerManager: string; readonly scheduler: string; readonly kwok: string };
  readonly stages: string;
}

/** The address under which pods would know the API server. */
export const advertisedAddress = '10.0.0.1';

const local = (port: number): string => `http://127.0.0.1:${port}`;

/** etcd without fsync: the data outlives no test, and the disk is what would make it slow. */
export function etcdArguments(layout: Layout): string[] {
  const client = local(layout.ports.etcd);
  const peer = local(layout.ports.etcdPeer);
  return [
    '--name=test',
    `--data-dir=${layout.data}/etcd`,
    '--unsafe-no-fsync',
    '--log-level=warn',
    `--listen-client-urls=${client}`,
    `--advertise-client-urls=${client}`,
    `--listen-peer-urls=${peer}`,
    `--initial-advertise-peer-urls=${peer}`,
    `--initial-cluster=test=${peer}`,
  ];
}

/** `extra` comes last, so that a test can override a flag. */
export function apiServerArguments(layout: Layout, extra: readonly string[]): string[] {
  return [
    `--etcd-servers=${local(layout.ports.etcd)}`,
    `--secure-port=${layout.ports.api}`,
    '--bind-address=127.0.0.1',
    // Not where it listens: the Endpoints of the service "kubernetes" may not hold a loopback address.
    `--advertise-address=${advertisedAddress}`,
    '--service-cluster-ip-range=10.96.0.0/16',
    '--allow-privileged=true',
    '--authorization-mode=RBAC',
    `--client-ca-file=${layout.authority.certificate}`,
    `--tls-cert-file=${layout.serving.certificate}`,
    `--tls-private-key-file=${layout.serving.key}`,
    `--service-account-key-file=${layout.serviceAccount.publicKey}`,
    `--service-account-signing-key-file=${layout.serviceAccount.key}`,
    '--service-account-issuer=https://kubernetes.default.svc',
    // With these two, webhook calls go to a ready pod's own address (there is no kube-proxy to turn a service's
    // address into one), through our proxy.
    '--enable-aggregator-routing=true',
    `--egress-selector-config-file=${layout.egressConfig}`,
    '--profiling=false',
    ...extra,
  ];
}

export function controllerManagerArguments(layout: Layout): string[] {
  return [
    `--kubeconfig=${layout.kubeconfigs.controllerManager}`,
    `--service-account-private-key-file=${layout.serviceAccount.key}`,
    `--root-ca-file=${layout.authority.certificate}`,
    `--cluster-signing-cert-file=${layout.authority.certificate}`,
    `--cluster-signing-key-file=${layout.authority.key}`,
    // One account per controller, as on a cluster that people use: managedFields then say who restored what.
    '--use-service-account-credentials=true',
    '--leader-elect=false',
    '--secure-port=0',
    '--kube-api-qps=200',
    '--kube-api-burst=400',
  ];
}

export function schedulerArguments(layout: Layout): string[] {
  return [
    `--kubeconfig=${layout.kubeconfigs.scheduler}`,
    '--leader-elect=false',
    '--secure-port=0',
    '--kube-api-qps=200',
    '--kube-api-burst=400',
  ];
}

/** kwok plays the kubelet of the nodes that carry its annotation, and of no others. */
export function kwokArguments(layout: Layout): string[] {
  return [
    `--kubeconfig=${layout.kubeconfigs.kwok}`,
    '--manage-all-nodes=false',
    '--manage-nodes-with-annotation-selector=kwok.x-k8s.io/node=fake',
    '--cidr=10.244.0.0/16',
    '--node-ip=10.0.0.2',
    // Off unless said; without Leases a busy machine is enough for the node controller to think the nodes dead.
    '--node-lease-duration-seconds=40',
    `--server-address=127.0.0.1:${layout.ports.kwok}`,
    `--config=${layout.stages}`,
  ];
}
