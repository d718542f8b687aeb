type Frame = {
  event: string;
  /** Without one the reader keeps the id that it had. */
  id?: string;
  /** In JSON. */
  json: string;
};

/** One event as Server-Sent Events spell it; JSON has no line ends, so the data is one line. */
export function frame({ event, id, json }: Frame): string {
  const idLine = id === undefined ? '' : `id: ${id}\n`;
  return `event: ${event}\n${idLine}data: ${json}\n\n`;
}
