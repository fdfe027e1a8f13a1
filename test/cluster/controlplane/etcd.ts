/**
 * Throws away etcd's history up to its present revision, through the JSON gateway on its client port.
 * What it means for a watch: the API server serves watches from its own memory and may go on; one that asks for an
 * older resourceVersion after the API server was restarted gets 410, as do `continue` tokens older than the revision.
 */
export async function compact(port: number): Promise<number> {
  const ask = async (path: string, body: object): Promise<{ header?: { revision?: string } }> => {
    const answer = await fetch(`http://127.0.0.1:${port}/v3/${path}`, { method: 'POST', body: JSON.stringify(body) });
    if (!answer.ok) throw new Error(`etcd ${path}: ${answer.status} ${await answer.text()}`);
    return (await answer.json()) as { header?: { revision?: string } };
  };
  // Any read tells the revision; the key "a" need not exist.
  const { header } = await ask('kv/range', { key: Buffer.from('a').toString('base64') });
  const revision = Number(header?.revision);
  await ask('kv/compaction', { revision: String(revision), physical: true });
  return revision;
}
