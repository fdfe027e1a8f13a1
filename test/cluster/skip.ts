import { whyNoControlPlane } from './controlplane/build.ts';
import { controlPlaneModules, type GoModule, operatorModules } from './controlplane/modules.ts';

/** Why the tests that need a real control plane are skipped here, or undefined when they run. */
export const noControlPlane = say(whyNoControlPlane());

/** The same for tests that need real operators too. */
export const noOperators = whyNoControlPlane([...controlPlaneModules, ...operatorModules] satisfies GoModule[]);

function say(reason: string | undefined): string | undefined {
  if (reason !== undefined) process.stderr.write(`skipped: ${reason}\n`);
  return reason;
}
