const SECOND = 1_000;

/** POSTs a text. Redirects are not followed: the text and its headers are only for the address that was named. Rejects where no answer comes. */
export async function postText(
  url: string,
  { headers, body, signal }: { headers: Record<string, string>; body: string; signal: AbortSignal },
): Promise<{ status: number; retryAfterMs?: number }> {
  const answer = await fetch(url, { method: 'POST', redirect: 'manual', headers, body, signal });
  await answer.body?.cancel();
  const seconds = Number(answer.headers.get('retry-after') ?? '');
  return { status: answer.status, ...(seconds > 0 ? { retryAfterMs: seconds * SECOND } : {}) };
}
