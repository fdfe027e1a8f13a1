import type { SandboxContext, World } from '../context.ts';
import { accountTokens } from '../controllers/cluster/account-tokens.ts';
import { apiServiceController } from '../controllers/cluster/apiservice-controller.ts';
import { garbageCollector } from '../controllers/cluster/garbage.ts';
import { namespaceController } from '../controllers/cluster/namespace-controller.ts';
import { nodeLifecycle } from '../controllers/cluster/node-lifecycle.ts';
import { roleAggregation } from '../controllers/cluster/role-aggregation.ts';
import { scheduler } from '../controllers/cluster/scheduler.ts';
import { createControllerManager, type Failure } from '../controllers/controller-manager.ts';
import { endpointsController } from '../controllers/endpoints/endpoints-controller.ts';
import { cronJobController } from '../controllers/jobs/cronjob-controller.ts';
import { jobController } from '../controllers/jobs/job-controller.ts';
import type { Obj } from '../controllers/kinds.ts';
import { followOwners } from '../controllers/owners.ts';
import type { Parts } from '../controllers/parts.ts';
import { disruptionController } from '../controllers/policy/pdb-controller.ts';
import { quotaController } from '../controllers/policy/quota-controller.ts';
import { createRecorder } from '../controllers/recorder.ts';
import { daemonSetController } from '../controllers/workloads/daemonset-controller.ts';
import { deploymentController } from '../controllers/workloads/deployment-controller.ts';
import { replicaSetController } from '../controllers/workloads/replicaset-controller.ts';
import { statefulSetController } from '../controllers/workloads/statefulset-controller.ts';
import { kubelet } from '../kubelet/kubelet.ts';
import { createPrograms, type StartProgram } from '../kubelet/programs.ts';
import { OPERATORS } from '../operators/catalogue.ts';
import { installOperators, recordApplications } from '../operators/install.ts';
import { operatorRuntime } from '../operators/run.ts';
import { serveWebhooks } from '../operators/webhooks.ts';
import { scenarioNamed } from '../scenarios/registry.ts';
import { parseScenario } from '../scenarios/scenario.ts';
import { seedCluster } from './cluster.ts';
import { startHeartbeats } from './heartbeat.ts';
import { createSeeder } from './seeder.ts';
import { WEBHOOK_AUTHORITY } from './trust.ts';

/**
 * Controllers get this time to create what they would have created long ago: Endpoints, ServiceAccounts.
 * Milliseconds.
 */
const SETTING_UP_MS = 1000;

/** After this time the controllers have nothing left to do in a healthy cluster, milliseconds. */
const SETTLED_MS = 3000;

/** The running sandbox with its internal failures, which tests and reports check for. */
export interface SandboxWorld extends World {
  readonly failures: readonly Failure[];
  /**
   * Plays the past of the scenario; `pass` moves the clock on by that many milliseconds. Resolves at the end of the
   * past.
   */
  playPast(pass: (ms: number) => Promise<void>): Promise<void>;
}

/** Sets up the scenario and starts its controllers. `start` gives real programs for some containers. */
export function startWorld(context: SandboxContext, start?: StartProgram): SandboxWorld {
  const { name, options } = parseScenario(context.scenario);
  const scenario = scenarioNamed(name);
  const operators = scenario.operators?.(OPERATORS) ?? OPERATORS;
  const owners = followOwners(context.store);
  const startedAt = context.clock.now();
  const createdWith = (owner: Obj) =>
    context.clock.now() - startedAt < SETTING_UP_MS ? { at: Date.parse(owner.metadata.creationTimestamp ?? '') } : {};
  const parts: Parts = { ...context, owners, record: createRecorder(context), createdWith };
  const manager = createControllerManager(context);
  manager.add(namespaceController({ ...parts, rootCertificate: WEBHOOK_AUTHORITY }));
  manager.add(apiServiceController(parts));
  manager.add(deploymentController(parts));
  manager.add(replicaSetController(parts));
  manager.add(scheduler(parts));
  manager.add(nodeLifecycle(parts));
  const operatorRuntimes = operatorRuntime(parts, operators);
  const programs = createPrograms(start);
  manager.add(kubelet(parts, { externalBehaviour: operatorRuntimes.externalBehaviour, programs }));
  manager.add(statefulSetController(parts));
  manager.add(daemonSetController(parts));
  manager.add(jobController(parts));
  manager.add(cronJobController(parts));
  manager.add(endpointsController(parts));
  manager.add(quotaController(parts));
  manager.add(disruptionController(parts));
  manager.add(garbageCollector(parts));
  manager.add(roleAggregation(parts));
  manager.add(accountTokens(parts));
  const seeder = createSeeder(context);
  seedCluster(seeder);
  installOperators(seeder, operators);
  recordApplications(seeder);
  scenario.prepare?.(seeder, options);
  serveWebhooks(context);
  operatorRuntimes.start(manager, seeder.git);
  startHeartbeats(parts);
  scenario.run?.(parts, options);
  return {
    failures: manager.failures,
    async playPast(pass) {
      // Controllers first finish what they would have done long ago.
      await pass(SETTLED_MS);
      const admin = context.as('kubernetes-admin', ['system:masters']);
      await scenario.past?.play({ admin, parts, git: seeder.git, wait: seconds => pass(seconds * 1000) });
    },
    stop() {
      manager.stop();
      programs.end();
      owners.stop();
    },
  };
}
