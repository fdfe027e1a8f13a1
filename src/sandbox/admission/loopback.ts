import { Agent, request as httpsRequest } from 'node:https';
import type { AdmissionAnswer, AdmissionRequest } from '../context.ts';
import { isRecord } from '../object.ts';
import type { PatchStep } from '../patch/json-patch.ts';

const REVIEW = { apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview' };
/** The longest answer that is read, so that a broken server cannot fill the memory. */
const ANSWER_BYTES = 3 * 1024 * 1024;

/** Whether a URL names a server on this machine. The sandbox calls no other outside server. */
export function isOnThisMachine(url: string): boolean {
  if (!URL.canParse(url)) return false;
  const { protocol, hostname } = new URL(url);
  return protocol === 'https:' && /^(localhost|127(\.\d+){3}|\[::1\])$/.test(hostname);
}

/**
 * Calls a webhook server on this machine as an API server does: an AdmissionReview over TLS, verified with
 * `caBundle`. `seconds` is real time, not sandbox time, because the server runs outside the sandbox. Throws an Error
 * worded as Go's HTTP client words it.
 */
export async function callLocalServer(
  url: string,
  caBundle: string | undefined,
  seconds: number,
  question: AdmissionRequest,
): Promise<AdmissionAnswer> {
  const { status, body } = await post(url, caBundle, seconds, JSON.stringify({ ...REVIEW, request: question }));
  if (status < 200 || status > 299)
    throw new Error(`the server responded with the status code ${status} but did not return more information`);
  const answer = responseIn(body);
  if (answer === undefined) throw new Error('webhook returned response of no known version');
  if (answer.uid !== question.uid)
    throw new Error(`expected response.uid="${question.uid}", got "${String(answer.uid)}"`);
  const { allowed, status: why, warnings, patch } = answer;
  return {
    allowed: allowed === true,
    ...(isRecord(why) ? { status: why } : {}),
    ...(Array.isArray(warnings) ? { warnings: warnings.map(String) } : {}),
    ...(typeof patch === 'string' ? { patch: stepsIn(patch) } : {}),
  };
}

function responseIn(body: string): Record<string, unknown> | undefined {
  try {
    const review: unknown = JSON.parse(body);
    return isRecord(review) && isRecord(review.response) ? review.response : undefined;
  } catch {
    return undefined;
  }
}

function stepsIn(base64: string): PatchStep[] {
  const steps: unknown = JSON.parse(Buffer.from(base64, 'base64').toString('utf8'));
  if (!Array.isArray(steps)) throw new Error('webhook returned a patch that is no JSON patch');
  return steps as PatchStep[];
}

function post(
  url: string,
  caBundle: string | undefined,
  seconds: number,
  body: string,
): Promise<{ status: number; body: string }> {
  const ca = caBundle === undefined ? {} : { ca: Buffer.from(caBundle, 'base64') };
  return new Promise((resolve, reject) => {
    const fail = (error: NodeJS.ErrnoException) => reject(new Error(goErrorText(error, url)));
    const call = httpsRequest(
      url,
      {
        method: 'POST',
        agent: new Agent({ keepAlive: false, ...ca }),
        headers: { 'content-type': 'application/json', accept: 'application/json' },
        signal: AbortSignal.timeout(seconds * 1000),
      },
      answer => {
        let text = '';
        answer.setEncoding('utf8');
        answer.on('data', (part: string) => {
          text += part;
          if (text.length > ANSWER_BYTES) answer.destroy(new Error('the answer is too long'));
        });
        answer.on('end', () => resolve({ status: answer.statusCode ?? 0, body: text }));
        answer.on('error', fail);
      },
    );
    call.on('error', fail);
    call.end(body);
  });
}

/** The message that Go's HTTP client gives for an error of Node.js. */
function goErrorText({ code = '', name, message }: NodeJS.ErrnoException, url: string): string {
  const { hostname, port } = new URL(url);
  if (name === 'AbortError' || name === 'TimeoutError') return 'context deadline exceeded';
  if (code === 'ECONNREFUSED') return `dial tcp ${hostname}:${port || '443'}: connect: connection refused`;
  const x509 = 'tls: failed to verify certificate: x509:';
  if (code === 'CERT_HAS_EXPIRED') return `${x509} certificate has expired or is not yet valid`;
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') return `${x509} certificate is not valid for ${hostname}`;
  if (/CERT|SIGNATURE|ISSUER/.test(code)) return `${x509} certificate signed by unknown authority`;
  return code === 'ECONNRESET' ? 'EOF' : message;
}
