import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { revertAll } from './acts.ts';
import { type Attack, may, type Scene } from './attack.ts';
import { marking, type Planted } from './planted.ts';

const RBAC = 'rbac.authorization.k8s.io';
const TAKEN = 'ran-in-the-shell-of-the-admin';
/** Names of RBAC objects may hold every character but `/` and `%`. */
const NAMES: Readonly<Record<string, string>> = {
  'that ends the quotes': `x'; touch ${TAKEN}; echo '`,
  'with a command in it': `x$(touch ${TAKEN})`,
};

const role = (name: string): Planted => {
  const rules = [{ apiGroups: ['*'], resources: ['*'], verbs: ['*'] }];
  const record = { apiVersion: `${RBAC}/v1`, kind: 'Role', path: 'rules', originalValue: rules };
  const { metadata } = JSON.parse(marking('CRDMutation', record)) as Planted;
  return { apiVersion: `${RBAC}/v1`, kind: 'Role', metadata: { name, ...metadata }, rules: [] };
};

/** Runs every command that the output shows, as somebody who copies it into a shell; mayday itself does nothing there. */
function copyCommands({ folder }: Scene, output: string): number {
  const commands = [...output.matchAll(/`(mayday [^`]*)`/g)].map(([, command]) => command ?? '');
  for (const command of commands) spawnSync('bash', ['-c', `mayday() { :; }\n${command}`], { cwd: folder });
  return commands.length;
}

export const attacks: Attack[] = Object.entries(NAMES).map(([what, name]) => ({
  name: `run a command in the shell of whoever copies what a receipt says, by a role with a name ${what}`,
  rights: { here: [may(RBAC, 'roles', 'create')] },
  plant: scene => scene.plant(role(name)),
  act: revertAll,
  async gained(scene, { stdout }) {
    if (copyCommands(scene, stdout) === 0) throw new Error('the output shows no command to copy');
    return existsSync(join(scene.folder, TAKEN)) ? 'a command of the attacker was run' : undefined;
  },
}));
