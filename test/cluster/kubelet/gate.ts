import { connect, createServer, type Socket } from 'node:net';

/** A pod's way to the API server: a TCP proxy on loopback that can be cut as a dropping firewall cuts. */
export interface Gate {
  readonly port: number;
  /**
   * While cut, bytes stop in both directions and new connections get no answer. Nothing is closed or refused, because
   * a NetworkPolicy drops packets: the process learns of it only by its own time-outs.
   */
  setCut(cut: boolean): void;
  close(): void;
}

/** Opens a gate on a free port of 127.0.0.1 to `targetPort` on the same machine. */
export async function openGate(targetPort: number): Promise<Gate> {
  const sockets = new Set<Socket>();
  const waiting = new Set<Socket>();
  let cut = false;

  const track = (socket: Socket): void => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.once('close', () => {
      sockets.delete(socket);
      waiting.delete(socket);
    });
  };
  const forward = (client: Socket): void => {
    const server = connect(targetPort, '127.0.0.1');
    track(server);
    // By hand and not by pipe(), which would undo our pausing whenever the other side drains.
    const pass = (from: Socket, to: Socket): void => {
      from.on('data', chunk => {
        if (!to.write(chunk)) from.pause();
      });
      to.on('drain', () => {
        if (!cut) from.resume();
      });
      from.once('close', () => to.destroy());
    };
    pass(client, server);
    pass(server, client);
    client.resume();
  };
  const listener = createServer({ pauseOnConnect: true }, client => {
    track(client);
    if (cut) waiting.add(client);
    else forward(client);
  });
  await new Promise<void>((resolve, reject) => {
    listener.once('error', reject);
    listener.listen(0, '127.0.0.1', resolve);
  });
  const address = listener.address();
  return {
    port: address !== null && typeof address === 'object' ? address.port : 0,
    setCut(wanted) {
      if (wanted === cut) return;
      cut = wanted;
      for (const socket of sockets) {
        if (cut) socket.pause();
        else if (!waiting.has(socket)) socket.resume();
      }
      if (cut) return;
      for (const client of waiting) forward(client);
      waiting.clear();
    },
    close() {
      listener.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}
