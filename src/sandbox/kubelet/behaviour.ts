import type { Container, Pod } from '../controllers/kinds.ts';

/**
 * How a container behaves once a node runs it. Nothing is executed: the behaviour follows from its image, its command
 * and the pod's annotations.
 */
export interface Behaviour {
  /** The registry's refusal; absent when the image can be pulled. */
  pullError?: { text: string; reason: 'ErrImagePull' | 'InvalidImageName' };
  /** What its environment refers to and does not exist: a ConfigMap, a Secret, or a key of one. */
  configError?: string;
  /** The runtime's refusal to start the command. */
  startError?: string;
  /** How the process ends, and after how long; absent for one that runs until it is stopped. */
  exit?: { code: number; afterMs: number; reason: string };
  /** The output of its readiness probe, which never passes; absent when it passes. */
  unready?: string;
}

/** Annotation on a pod that decides how one container behaves: `sandbox.mayday/container.<name>: <behaviour>`. */
export const BEHAVIOUR_ANNOTATION = 'sandbox.mayday/container.';

const DIGEST_OR_TAG = /^[a-z0-9]+([._/:@-][a-zA-Z0-9_]+|[a-zA-Z0-9._-])*$/;
const FORBIDDEN_REGISTRIES = ['gcr.io/kubebuilder/'];

const host = (image: string): string => (image.includes('/') ? (image.split('/')[0] ?? '') : 'docker.io');

/** `registry/name:tag` in the form the runtime prints. */
function reference(image: string): { repository: string; tag: string } {
  const slash = image.lastIndexOf('/');
  const colon = image.indexOf(':', slash + 1);
  return colon < 0
    ? { repository: image, tag: 'latest' }
    : { repository: image.slice(0, colon), tag: image.slice(colon + 1) };
}

function manifestUrl(image: string): string {
  const { repository, tag } = reference(image);
  return `https://${host(image)}/v2/${repository.slice(host(image).length + 1)}/manifests/${tag}`;
}

function pullRefusal(image: string): Behaviour['pullError'] {
  if (!DIGEST_OR_TAG.test(image)) {
    const text = `Failed to apply default image tag "${image}": couldn't parse image name "${image}": invalid reference format`;
    return { reason: 'InvalidImageName', text };
  }
  const { repository, tag } = reference(image);
  const full = `${repository}:${tag}`;
  const head = `failed to pull and unpack image "${full}": failed to resolve reference "${full}":`;
  const refused = (rest: string) => ({ reason: 'ErrImagePull' as const, text: `${head} ${rest}` });
  if (host(image).endsWith('.invalid')) {
    const cause = `dial tcp: lookup ${host(image)} on 10.96.0.10:53: no such host`;
    return refused(`failed to do request: Head "${manifestUrl(image)}": ${cause}`);
  }
  if (FORBIDDEN_REGISTRIES.some(prefix => image.startsWith(prefix))) {
    return refused(`unexpected status from HEAD request to ${manifestUrl(image)}: 403 Forbidden`);
  }
  if (/nonexistent|does-not-exist|no-such/.test(image)) return refused(`${full}: not found`);
  return undefined;
}

const EXIT_NOW = 300;

/** The outcome of the commands people write in examples: `sleep 5`, `true`, `exit 3`, `/bin/false`. */
function commandOutcome(container: Container): Pick<Behaviour, 'startError' | 'exit'> {
  const words = [...(container.command ?? []), ...(container.args ?? [])];
  const program = container.command?.[0];
  if (program?.startsWith('/') && /nonexistent|no-such|does-not-exist/.test(program)) {
    const why = `exec: "${program}": stat ${program}: no such file or directory`;
    const head =
      'failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed:';
    return { startError: `${head} unable to start container process: error during container init: ${why}` };
  }
  const script = words.join(' ');
  const exit = /(?:^|\s|;)exit (\d+)/.exec(script);
  const sleep = /(?:^|\s|;|\/)sleep (\d+(?:\.\d+)?)(s|m|h)?/.exec(script);
  const unit = { s: 1000, m: 60_000, h: 3_600_000 }[sleep?.[2] ?? 's'] ?? 1000;
  const afterMs = sleep ? Number(sleep[1]) * unit : EXIT_NOW;
  if (exit) return { exit: ended(Number(exit[1]), afterMs) };
  if (/(^|\/)false$/.test(program ?? '')) return { exit: ended(1, EXIT_NOW) };
  if (sleep || /(^|\/)(true|echo)$/.test(program ?? '') || /\becho [^;&|]*$/.test(script))
    return { exit: ended(0, afterMs) };
  return {};
}

const ended = (code: number, afterMs: number) => ({ code, afterMs, reason: code === 0 ? 'Completed' : 'Error' });

function annotatedBehaviour(word: string | undefined, image: string): Behaviour {
  switch (word) {
    case 'not-ready':
      return { unready: 'HTTP probe failed with statuscode: 500' };
    case 'crash':
      return { exit: ended(1, 2000) };
    case 'oom':
      return { exit: { code: 137, afterMs: 5000, reason: 'OOMKilled' } };
    case 'image-pull-forbidden': {
      const { repository, tag } = reference(image);
      const full = `${repository}:${tag}`;
      const why = `unexpected status from HEAD request to ${manifestUrl(image)}: 403 Forbidden`;
      return {
        pullError: {
          reason: 'ErrImagePull',
          text: `failed to pull and unpack image "${full}": failed to resolve reference "${full}": ${why}`,
        },
      };
    }
    default:
      return {};
  }
}

/** What happens to `container` of `pod`. */
export function behaviourOf(pod: Pod, container: Container): Behaviour {
  const image = container.image ?? '';
  const decided = annotatedBehaviour(pod.metadata.annotations?.[BEHAVIOUR_ANNOTATION + container.name], image);
  const pullError = decided.pullError ?? pullRefusal(image);
  return { ...commandOutcome(container), ...decided, ...(pullError && { pullError }) };
}
