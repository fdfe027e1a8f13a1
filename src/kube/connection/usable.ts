import { type Clean, cleanText, sanitise } from '../../text/sanitise.ts';
import type { ExecConfig } from './exec-credential.ts';
import type { KubeCluster, KubeUser } from './kubeconfig.ts';

const PROVIDERS = ['azure', 'gcp', 'oidc', 'exec', 'tokenFile'];
const VERSIONS = ['client.authentication.k8s.io/v1', 'client.authentication.k8s.io/v1beta1'];
const MODES = ['Never', 'IfAvailable', 'Always'];

/**
 * Why a cluster or a user of a kubeconfig contradicts itself, so that kubectl does not use it; undefined if both may be used. Guessing what
 * such an entry means could connect as another user than intended. `isActing`: the user to act as is given on the command line.
 */
export function contradictionIn(cluster: KubeCluster, user: KubeUser, isActing: boolean): Clean | undefined {
  const ofCluster = cleanText`cluster ${sanitise(cluster.name, 128)} of the kubeconfig`;
  const ofUser = cleanText`user ${sanitise(user.name, 128)} of the kubeconfig`;
  if (cluster.skipTLSVerify && (cluster.caData || cluster.caFile))
    return cleanText`${ofCluster} has insecure-skip-tls-verify and a certificate authority; keep one of the two`;
  if (user.username && (user.token || user.authProvider?.name === 'tokenFile'))
    return cleanText`${ofUser} has a token and a username; keep one of the two`;
  if ((user.certData || user.certFile) && !(user.keyData || user.keyFile))
    return cleanText`${ofUser} has a client certificate without its key; add client-key or client-key-data`;
  const asks = user.impersonateGroups?.length || user.impersonateUid || Object.keys(user.impersonateExtra ?? {}).length;
  if (asks && !user.impersonateUser && !isActing)
    return cleanText`${ofUser} has as-groups, as-uid or as-user-extra, but not as; add the user to act as, or give --as`;
  const provider = user.authProvider?.name;
  if (provider !== undefined && !PROVIDERS.includes(provider))
    return cleanText`${ofUser} has auth-provider ${sanitise(provider, 64)}; expected one of ${sanitise(PROVIDERS.slice(0, 3).join(', '))}, or a credential plugin (exec)`;
  return user.execConfig === undefined ? undefined : ofPlugin(user.execConfig, ofUser);
}

function ofPlugin({ command, apiVersion, interactiveMode }: ExecConfig, ofUser: Clean): Clean | undefined {
  if (typeof command !== 'string' || command === '')
    return cleanText`${ofUser} has a credential plugin (exec) without a command; name its program`;
  if (apiVersion && !VERSIONS.includes(apiVersion))
    return cleanText`${ofUser} has a credential plugin of ${sanitise(apiVersion, 128)}; expected ${sanitise(VERSIONS.join(' or '))}: update the plugin and its entry`;
  if (interactiveMode && !MODES.includes(interactiveMode))
    return cleanText`${ofUser} has interactiveMode ${sanitise(interactiveMode, 64)}; expected ${sanitise(MODES.join(', '))}`;
  return undefined;
}
