/** Why an image cannot be pulled, by the message of the registry or container runtime. */
export type ImageTrouble =
  | 'rate limit'
  | 'wrong platform'
  | 'no space'
  | 'certificate'
  | 'no such host'
  | 'denied'
  | 'not found'
  | 'damaged'
  | 'unreachable'
  | 'bad name'
  | 'never pulled'
  | 'signature'
  | 'unknown';

/** The order matters: Docker Hub's message for a missing repository also says that access is denied. */
const PATTERNS: readonly (readonly [ImageTrouble, RegExp])[] = [
  ['rate limit', /toomanyrequests|too many requests|rate limit|status(?: code)?:? 429/i],
  [
    'wrong platform',
    /no match for platform|does not match the specified platform|no matching manifest for|image operating system .* cannot be used/i,
  ],
  ['no space', /no space left on device/i],
  ['certificate', /x509:|certificate|server gave HTTP response to HTTPS client|tls: (?!handshake timeout)/i],
  ['no such host', /no such host|server misbehaving|temporary failure in name resolution/i],
  ['signature', /signature|policy .* rejected|source image rejected/i],
  [
    'damaged',
    /unexpected digest|failed size validation|invalid checksum|unexpected EOF|media type .* not supported|unsupported schema/i,
  ],
  [
    'denied',
    /unauthorized|authentication required|access denied|\bdenied\b|forbidden|no basic auth credentials|insufficient_scope|authorization failed|status(?: code)?:? 40[13]|unexpected status from .* 40[13]/i,
  ],
  ['not found', /not found|manifest unknown|name unknown|does not exist|status(?: code)?:? 404|404 Not Found/i],
  [
    'unreachable',
    /i\/o timeout|deadline exceeded|connection refused|no route to host|handshake timeout|network is unreachable|connection reset|\bEOF\b|503|502|request canceled/i,
  ],
];

/** Derives the trouble from the kubelet's reason and message. */
export function imageTrouble(reason: string, message: string): ImageTrouble {
  if (reason === 'InvalidImageName' || /couldn't parse image (name|reference)|invalid reference format/i.test(message))
    return 'bad name';
  if (reason === 'ErrImageNeverPull') return 'never pulled';
  if (reason === 'SignatureValidationFailed') return 'signature';
  return PATTERNS.find(([, pattern]) => pattern.test(message))?.[0] ?? 'unknown';
}

/** One sentence on what it means. */
export const IMAGE_TROUBLE_TEXT: Readonly<Record<ImageTrouble, string>> = {
  'rate limit': 'the registry refuses more pulls for now (rate limit)',
  'wrong platform': 'the image does not exist for the architecture of the node',
  'no space': 'the node has no space left for the image',
  certificate: 'the node does not trust the certificate of the registry',
  'no such host': 'the name of the registry does not resolve (no such host)',
  denied: 'the registry refuses access (unauthorized), or has no such repository',
  'not found': 'the registry has no such image or tag (not found)',
  damaged: 'the image data from the registry is damaged, or in a format that the node cannot use',
  unreachable: 'the registry cannot be reached from the node',
  'bad name': 'the image name is not valid',
  'never pulled': 'the image is not on the node, and imagePullPolicy Never forbids pulling it',
  signature: 'the signature of the image is not accepted',
  unknown: 'the kubelet does not say why',
};

/** The parts of an image's name: `ghcr.io/shop/web:1.2@sha256:…`. */
export function imageParts(image: string): { registry: string; repository: string; tag: string } {
  const [path = ''] = image.split('@');
  const colon = path.lastIndexOf(':');
  const hasTag = colon > path.lastIndexOf('/');
  const name = hasTag ? path.slice(0, colon) : path;
  const [first = '', ...rest] = name.split('/');
  const isHost = rest.length > 0 && (/[.:]/.test(first) || first === 'localhost');
  return {
    registry: isHost ? first : 'docker.io',
    repository: isHost ? rest.join('/') : name,
    tag: hasTag ? path.slice(colon + 1) : '',
  };
}

/** Registries and repositories that were closed: a pattern for image names, where the images moved to, and the new prefix if the rest of the name stays. */
const MOVED: readonly (readonly [names: RegExp, says: string, prefix?: string])[] = [
  [
    /^gcr\.io\/kubebuilder\/kube-rbac-proxy/,
    'gcr.io/kubebuilder was closed in March 2025; kube-rbac-proxy is at quay.io/brancz/kube-rbac-proxy, or leave the sidecar out',
    'quay.io/brancz/kube-rbac-proxy',
  ],
  [/^gcr\.io\/kubebuilder\//, 'gcr.io/kubebuilder was closed in March 2025'],
  [/^k8s\.gcr\.io\//, 'k8s.gcr.io was replaced by registry.k8s.io', 'registry.k8s.io/'],
  [/^gcr\.io\/google[-_]containers\//, 'gcr.io/google-containers was replaced by registry.k8s.io', 'registry.k8s.io/'],
  [
    /^(docker\.io\/)?bitnami\//,
    'Bitnami moved its versioned images to docker.io/bitnamilegacy in August 2025',
    'docker.io/bitnamilegacy/',
  ],
  [
    /^(docker\.io\/)?openshift\/oauth-proxy/,
    'the image is at quay.io/openshift/origin-oauth-proxy',
    'quay.io/openshift/origin-oauth-proxy',
  ],
  [/^docker\.pkg\.github\.com\//, 'docker.pkg.github.com was replaced by ghcr.io'],
];

/** Where an image moved to, if its registry or repository was closed: in words, and its new name if the rest of the name stays. */
export function movedImage(image: string): { says: string; now?: string } | undefined {
  const [names, says, beginning] = MOVED.find(([pattern]) => pattern.test(image)) ?? [];
  if (names === undefined || says === undefined) return undefined;
  // A digest names one image of one registry; without a tag nothing says which image is meant.
  const isTagged = !image.includes('@') && imageParts(image).tag !== '';
  return { says, ...(beginning !== undefined && isTagged && { now: image.replace(names, beginning) }) };
}
