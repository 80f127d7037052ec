import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Socket } from 'node:net';

export interface Received {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface HttpReceiver {
  readonly url: string;
  readonly received: readonly Received[];
  /** What the next requests are answered with; 200 unless told. `hang` never answers. */
  answer(status: number | 'hang', body?: string, headers?: Readonly<Record<string, string>>): void;
  close(): Promise<void>;
}

/** A receiver of webhooks, or a bot API, that keeps what it was sent. */
export async function startHttpReceiver(): Promise<HttpReceiver> {
  const received: Received[] = [];
  let next: { status: number | 'hang'; body: string; headers: Readonly<Record<string, string>> } = {
    status: 200,
    body: 'thanks',
    headers: {},
  };
  const server = createServer(async (request, response) => {
    const pieces: Buffer[] = [];
    for await (const piece of request) pieces.push(piece as Buffer);
    received.push({ path: request.url ?? '', headers: request.headers, body: Buffer.concat(pieces).toString() });
    if (next.status === 'hang') return;
    response.writeHead(next.status, next.headers);
    response.end(next.body);
  });
  const port = await listen(server);
  return {
    url: `http://127.0.0.1:${port}`,
    received,
    answer: (status, body = '', headers = {}) => {
      next = { status, body, headers };
    },
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

export interface SmtpReceiver {
  readonly url: string;
  /** Each message as it was sent, with the mailboxes of its envelope. */
  readonly received: readonly { readonly from: string; readonly to: string; readonly text: string }[];
  /** Refuses the next mailboxes with 550. */
  refuse(isRefusing: boolean): void;
  close(): Promise<void>;
}

/** As much of SMTP (RFC 5321) as one message needs. */
export async function startSmtpReceiver(): Promise<SmtpReceiver> {
  const received: { from: string; to: string; text: string }[] = [];
  const state = { isRefusing: false };
  const sockets = new Set<Socket>();
  const server = createTcpServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    converse(socket, state, (message) => received.push(message));
  });
  const port = await listen(server);
  return {
    url: `smtp://127.0.0.1:${port}`,
    received,
    refuse: (isRefusing) => {
      state.isRefusing = isRefusing;
    },
    close: () => {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

function converse(
  socket: Socket,
  state: { readonly isRefusing: boolean },
  keep: (message: { from: string; to: string; text: string }) => void,
): void {
  let [buffer, from, to, data] = ['', '', '', null as string | null];
  const say = (line: string) => socket.write(`${line}\r\n`);
  const hear = (line: string) => {
    if (data !== null) {
      if (line !== '.') {
        data += `${line}\n`;
        return;
      }
      keep({ from, to, text: data });
      data = null;
      say('250 queued as 1');
      return;
    }
    const mailbox = /<([^>]*)>/.exec(line)?.[1] ?? '';
    if (/^(EHLO|HELO)/i.test(line)) say('250 receiver');
    else if (/^MAIL/i.test(line)) {
      from = mailbox;
      say('250 ok');
    } else if (/^RCPT/i.test(line)) {
      to = mailbox;
      say(state.isRefusing ? '550 no such mailbox' : '250 ok');
    } else if (/^DATA/i.test(line)) {
      data = '';
      say('354 go on');
    } else if (/^QUIT/i.test(line)) {
      say('221 bye');
      socket.end();
    } else say('250 ok');
  };
  say('220 receiver ESMTP');
  socket.on('data', (chunk: Buffer) => {
    buffer += chunk.toString('latin1');
    const lines = buffer.split('\r\n');
    buffer = lines.pop() ?? '';
    for (const line of lines) hear(line);
  });
}

function listen(server: Server | ReturnType<typeof createTcpServer>): Promise<number> {
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
  });
}
