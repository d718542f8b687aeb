import { connect, type Socket } from 'node:net';

/** A connection that carries one request at a time, as cheaply as Node can. */
export type Connection = { send: (request: Buffer) => void; close: () => void };

/** Status 0: the connection broke before the answer was whole. */
export type Answer = {
  status: number;
  hasRetryAfter: boolean;
  /** How it begins, of those that are not 201. */
  text: string;
};
export type OnAnswer = (answer: Answer) => void;

type Head = Answer & { bytes: number };

const bufferBytes = 16_384;
const reopenMs = 50;
const headEnd = Buffer.from('\r\n\r\n');
const lengthName = Buffer.from('content-length: ');
const statusAt = 'HTTP/1.1 '.length;
const nothing = Buffer.alloc(0);
const broken: Answer = { status: 0, hasRetryAfter: false, text: 'the connection broke' };

export function openConnection(port: number, onAnswer: OnAnswer, onReady: () => void): Connection {
  const reader = createReader();
  let socket: Socket;
  let isAsked = false;
  let isClosed = false;

  function end(answer: Answer): void {
    isAsked = false;
    onAnswer(answer);
  }
  function take(count: number, buffer: Buffer): boolean {
    // A server may say goodbye to a connection that was not used for long.
    const answer = isAsked ? reader.read(count, buffer) : undefined;
    if (answer) end(answer);
    return true;
  }
  function open(ready: () => void): Socket {
    const onread = { buffer: Buffer.alloc(bufferBytes), callback: take };
    // Node's types do not know that TCP has `onread` as well as `noDelay`.
    const made = connect({ host: '127.0.0.1', port, noDelay: true, onread }, ready);
    made.on('error', () => undefined);
    // A moment later, or a server that is away would be knocked at without end.
    made.once('close', () => setTimeout(reopen, reopenMs));
    return made;
  }
  function reopen(): void {
    if (isClosed) return;
    reader.reset();
    socket = open(() => isAsked && end(broken));
  }

  socket = open(onReady);
  return {
    send(request) {
      isAsked = true;
      socket.write(request);
    },
    close() {
      isClosed = true;
      socket.destroy();
    },
  };
}

/** Reads answers just far enough to know their status and where they end. */
function createReader() {
  let head: Head | undefined;
  let missing = 0;
  let early = nothing;

  function begin(count: number, buffer: Buffer): void {
    const length = early.length + count;
    const bytes = early === nothing ? buffer : Buffer.concat([early, buffer.subarray(0, count)]);
    head = readHead(bytes, length);
    early = head ? nothing : Buffer.from(bytes.subarray(0, length));
    if (head) missing = head.bytes - length;
  }
  return {
    reset() {
      head = undefined;
      early = nothing;
    },
    /** The answer, if these are its last bytes. */
    read(count: number, buffer: Buffer): Answer | undefined {
      if (head) missing -= count;
      else begin(count, buffer);
      if (!head || missing > 0) return undefined;
      const whole = head;
      head = undefined;
      return whole;
    },
  };
}

function readHead(bytes: Buffer, length: number): Head | undefined {
  const end = bytes.indexOf(headEnd);
  if (end < 0 || end + headEnd.length > length) return undefined;
  const status = Number(bytes.toString('latin1', statusAt, statusAt + 3));
  const at = bytes.indexOf(lengthName);
  if (at < 0 || at > end) throw new Error('An answer does not say how long it is');
  let size = 0;
  for (let i = at + lengthName.length; (bytes[i] ?? 0) >= 48; i += 1) {
    size = size * 10 + (bytes[i] ?? 0) - 48;
  }
  const text = status === 201 ? '' : bytes.toString('latin1', 0, length);
  const hasRetryAfter = /\r\nretry-after:/i.test(text);
  return { status, bytes: end + headEnd.length + size, hasRetryAfter, text };
}
