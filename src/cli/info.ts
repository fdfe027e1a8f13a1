import { notPrivate } from '../host/disk/private-folder.ts';
import { BUILD } from '../host/version.ts';
import { paths, themesFolder } from '../runtime/paths.ts';
import { sanitise } from '../text/sanitise.ts';
import type { CommandBody } from './command.ts';
import { savedFolder } from './console/keep.ts';
import { EXIT } from './failure.ts';
import { print } from './output/output.ts';

/** `mayday info`: every path and version in use, for example where the journals are. */
export const infoCommand: CommandBody = async ({ globals }) => {
  const used = paths(process.env);
  const problem = notPrivate(used.state, `${used.state}/runs`);
  const facts = {
    ...BUILD,
    node: process.versions.node,
    program: process.argv[1] ?? '',
    config: globals.config ?? used.config,
    themes: themesFolder(globals.config ?? used.config),
    state: used.state,
    // Others could have written there, so nothing is stored there and no journal there is trusted.
    ...(problem === undefined ? {} : { stateUnfit: sanitise(problem) }),
    journals: `${used.state}/runs`,
    saved: savedFolder(used.state),
    log: globals.logFile ?? used.log,
    guardianLog: used.guardianLog,
    experiments: used.experiments,
    kubeconfig: globals.kubeconfig ?? process.env.KUBECONFIG ?? '~/.kube/config',
  };
  print(facts, globals, () => Object.entries(facts).map(([name, value]) => `${name.padEnd(12)} ${value}`));
  return EXIT.done;
};
