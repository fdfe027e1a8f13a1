/** What came of a GET: the text of the answer, cut at `LONGEST`, and how long it took; or why there is none. */
type Fetched = { ok: true; status: number; body: string; ms: number } | { ok: false; why: string };

/** More of an answer is never needed to judge whether the server is healthy. */
const LONGEST = 1024 * 1024;

/** GETs an address. Redirections are not followed: a login page is not the thing that was asked for. */
export async function fetchText(
  url: string,
  { timeoutMs, signal }: { timeoutMs: number; signal?: AbortSignal },
): Promise<Fetched> {
  const timeUp = AbortSignal.timeout(Math.max(1, Math.round(timeoutMs)));
  const began = performance.now();
  try {
    const stop = signal === undefined ? timeUp : AbortSignal.any([timeUp, signal]);
    const answer = await fetch(url, { redirect: 'manual', signal: stop });
    const body = await readText(answer);
    return { ok: true, status: answer.status, body, ms: performance.now() - began };
  } catch (error) {
    if (timeUp.aborted) return { ok: false, why: `no answer within ${Math.round(timeoutMs)}ms` };
    const { cause, message } = error as Error & { cause?: { code?: string; message?: string } };
    return { ok: false, why: cause?.code ?? cause?.message ?? message };
  }
}

async function readText(answer: Response): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const part of answer.body ?? []) {
    text += decoder.decode(part, { stream: true });
    if (text.length > LONGEST) break;
  }
  return text.slice(0, LONGEST);
}
