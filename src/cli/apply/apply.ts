import { createExperiment, type NotCreated, tryApply } from '../../apply/create.ts';
import { type ExperimentKind, experimentKind } from '../../apply/experiment-kind.ts';
import { askApplyGates } from '../../apply/gates.ts';
import { objectOf } from '../../apply/object.ts';
import { appliedState } from '../../apply/state.ts';
import { type Interrupt, listenForInterrupt } from '../../host/interrupt.ts';
import type { KubeObject, ObjectRef } from '../../k8s/object.ts';
import { nameOf, refOf } from '../../k8s/object-ref.ts';
import type { Api } from '../../kube/client/api.ts';
import { locksFor, previewFacts } from '../../runtime/open-engine.ts';
import type { Runtime } from '../../runtime/runtime.ts';
import type { CommandBody, Invocation } from '../command.ts';
import { answered, askConsent } from '../consent.ts';
import { CommandFailure, EXIT, type ExitCode } from '../failure.ts';
import { printNotice } from '../output/notice.ts';
import { linePrinter, print } from '../output/output.ts';
import { withCluster } from '../session.ts';
import { followToEnd } from './follow.ts';
import { type ApplyRequest, applyRequest, withMetadata } from './request.ts';
import { stopExperiment } from './stop.ts';

interface ApplyDeps {
  api: Api;
  runtime: Runtime;
  interrupt: Interrupt;
}
type FileRequest = Extract<ApplyRequest, { is: 'file' }>;

/**
 * `mayday apply FILE`: gives an experiment to the framework's controller instead of running it, and follows it to its verdict; `--follow` goes
 * on following one, `--stop` ends one. Interrupting the command changes nothing in the cluster.
 */
export const applyCommand: CommandBody = async invocation => {
  const request = await applyRequest(invocation);
  return withCluster(invocation.globals, async (api, runtime) => {
    const kind = await kindOrFail(api, request.is === 'file');
    const interrupt = listenForInterrupt();
    try {
      if (request.is === 'file') return await applyFile(invocation, request, kind, { api, runtime, interrupt });
      const namespace = request.namespace ?? api.identity.namespace;
      const object = { ...kind, namespace, name: request.name };
      if (request.is === 'stop') {
        interrupt.dispose();
        return await stopExperiment(invocation, api, runtime, object);
      }
      const { uid } = await readObjectOrFail(api, object);
      const followed = { ...request, object: { ...object, ...(uid === undefined ? {} : { uid }) } };
      return await followToEnd(invocation, { api, runtime, interrupt }, followed);
    } finally {
      interrupt.dispose();
    }
  });
};

async function kindOrFail(api: Api, isFile: boolean): Promise<ExperimentKind> {
  const lookup = await experimentKind(api);
  if (lookup.is === 'served') return lookup.kind;
  if (lookup.is === 'unknown') throw new CommandFailure(lookup.says, EXIT.unreachable);
  const instead = isFile ? '; `mayday run` runs the experiment from here; nothing was created' : '';
  throw new CommandFailure(`${lookup.says}${instead}`, EXIT.inconclusive);
}

async function readObjectOrFail(api: Api, object: ObjectRef): Promise<ObjectRef> {
  const got = await api.get(object);
  if (got.ok) return refOf(got.value);
  if (got.reason !== 'not-found')
    throw new CommandFailure(`${nameOf(object)} cannot be read: ${got.message}`, EXIT.unreachable);
  throw new CommandFailure(
    `expected ${nameOf(object)}, found none; \`mayday scan\` shows the ChaosExperiments there are`,
    EXIT.inconclusive,
  );
}

async function applyFile(
  invocation: Invocation,
  request: FileRequest,
  kind: ExperimentKind,
  deps: ApplyDeps,
): Promise<ExitCode> {
  const { api, runtime, interrupt } = deps;
  const { globals } = invocation;
  const isDry = request.dryRun || runtime.config.readOnly;
  const loaded = placed(request, api);
  if (!isDry) {
    const { answers, guarded } = answered(invocation, api, runtime);
    await askConsent(loaded, answers, guarded, interrupt.signal);
  }
  const object = objectOf(loaded.experiment, kind);
  // If an object of that name exists, that is the clearest reason to refuse, so it is read before the gates.
  const existing = await api.get(refOf(object));
  if (existing.ok) throw notCreated({ is: 'exists', seen: appliedState(existing.value) }, object);
  await gatesOrFail(loaded, kind, deps);
  const tried = await tryApply(api, object);
  if (!tried.ok) throw notCreated(tried.why, object);
  if (isDry) {
    if (globals.output === 'text')
      linePrinter(globals)(`dry run: the server would take ${nameOf(refOf(object))}; nothing was created`);
    else print(object, globals, () => []);
    return EXIT.done;
  }
  if (interrupt.signal.aborted) throw new CommandFailure('interrupted; nothing was created', EXIT.aborted);
  const created = await createExperiment(api, object);
  if (!created.ok) throw notCreated(created.why, object);
  if (request.detach) {
    const { namespace, name } = created.value;
    printNotice(
      `applied ${nameOf(created.value)}; its controller runs it; to follow it: mayday apply --follow ${namespace}/${name}`,
    );
    if (globals.output !== 'text') print({ namespace, name }, globals, () => []);
    return EXIT.done;
  }
  return followToEnd(invocation, deps, { ...request, object: created.value, made: appliedState(object) });
}

/** Sets the namespace: the document's own, else the one of `--in`, else the one of the context. */
function placed({ loaded, namespace }: FileRequest, api: Api): FileRequest['loaded'] {
  const own = loaded.experiment.metadata.namespace;
  if (own !== undefined && namespace !== undefined && own !== namespace)
    throw new CommandFailure(
      `expected one namespace for the ChaosExperiment, found ${own} in the document and --in ${namespace}: leave --in out`,
    );
  return withMetadata(loaded, { namespace: own ?? namespace ?? api.identity.namespace });
}

async function gatesOrFail(
  loaded: FileRequest['loaded'],
  kind: ExperimentKind,
  { api, runtime, interrupt }: ApplyDeps,
): Promise<void> {
  const { name } = loaded.experiment.metadata;
  const locks = locksFor(runtime, api);
  const { gates, warnings } = await askApplyGates(api, loaded, {
    kind,
    facts: previewFacts(runtime, api, name, runtime.random),
    lock: locks && (() => locks.look(loaded)),
    freeze: runtime.config.freeze,
    signal: interrupt.signal,
  });
  const refused = gates.filter(gate => !gate.ok);
  for (const warning of warnings) printNotice(`${name}: ${warning}`);
  if (refused.length === 0) return;
  const why = refused.map(({ gate, reason }) => `${gate}: ${reason}`).join('; ');
  const isCluster = refused.some(({ code }) => code === 'forbidden' || code === 'unreachable');
  throw new CommandFailure(
    `${name} is refused: ${why}; nothing was created`,
    isCluster ? EXIT.unreachable : EXIT.inconclusive,
  );
}

function notCreated(why: NotCreated, object: KubeObject): CommandFailure {
  const { namespace, name } = object.metadata;
  const full = nameOf(refOf(object));
  if (why.is === 'exists') {
    const { phase, writtenPhase, verdict, injectedAt, isBeingDeleted } = why.seen;
    const how = [
      writtenPhase === '' ? 'no phase yet: no controller has taken it' : `phase ${phase}`,
      ...(verdict === undefined ? [] : [String(verdict)]),
      ...(injectedAt === undefined ? [] : [`injected at ${new Date(injectedAt).toISOString()}`]),
      ...(isBeingDeleted ? ['being deleted'] : []),
    ].join(', ');
    return new CommandFailure(
      `expected no ${full}, found one (${how}): give another name with --name ${name}-2, or follow that one: mayday apply --follow ${namespace}/${name}`,
    );
  }
  if (why.is === 'unknown')
    return new CommandFailure(`${why.says}: mayday apply --follow ${namespace}/${name}, or --stop`, EXIT.residue);
  const { failure, says } = why;
  const isCluster =
    failure !== undefined && !['invalid', 'conflict', 'already-exists', 'not-found'].includes(failure.reason);
  const old = failure !== undefined && /Unsupported value|unknown field/.test(says);
  const hint = old
    ? ' (the CRD that is installed is older than what the document asks for; `mayday run` runs it from here)'
    : '';
  return new CommandFailure(
    `expected the server to take ${full}, found: ${says}${hint}; nothing was created`,
    isCluster ? EXIT.unreachable : EXIT.usage,
  );
}
