/**
 * `node test/cluster/controlplane/user.ts NAME [GROUP…]`: prints the path of a kubeconfig for that user of the cluster
 * started by hand.
 */
import { byHandCluster, byHandFolder } from './byhand.ts';
import { userKubeconfig } from './users.ts';

const [name, ...groups] = process.argv.slice(2);
const cluster = byHandCluster();
if (name === undefined || cluster === undefined) {
  process.stderr.write(
    name === undefined ? 'say who: user.ts NAME [GROUP…]\n' : 'no cluster is up: npm run cluster:up\n',
  );
  process.exitCode = name === undefined ? 2 : 1;
} else {
  process.stdout.write(`${userKubeconfig(byHandFolder(), cluster.server, { name, groups })}\n`);
}
