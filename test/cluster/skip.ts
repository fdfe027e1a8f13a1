import { whyNoControlPlane } from './controlplane/build.ts';
import { controlPlaneModules, operatorModules } from './controlplane/modules.ts';

/** Why the tests that need a real control plane are skipped here, or undefined when they run. */
export const noControlPlane = whyNoControlPlane();

/** The same for tests that need real operators too. */
export const noOperators = whyNoControlPlane([...controlPlaneModules, ...operatorModules]);
