import { createServer } from 'node:net';

// Below the range from which the kernel takes source ports for outgoing connections (32768 and up on Linux, 49152 on
// macOS): a port from there can be taken between our looking and the server's listening.
const lowest = 20_000;
const highest = 32_000;

/** `count` different TCP ports on 127.0.0.1 on which nothing listens now. Rejects when it cannot find that many. */
export async function freePorts(count: number): Promise<number[]> {
  const found = new Set<number>();
  for (let tries = 0; found.size < count; tries++) {
    if (tries > 1000)
      throw new Error(`found only ${found.size} free ports of ${count} between ${lowest} and ${highest}`);
    const port = lowest + Math.floor(Math.random() * (highest - lowest));
    if (await isFree(port)) found.add(port);
  }
  return [...found];
}

function isFree(port: number): Promise<boolean> {
  return new Promise(resolve => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => server.close(() => resolve(true)));
  });
}
