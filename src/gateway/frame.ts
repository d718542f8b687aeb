type Frame = { event: string; id: string; data: unknown };

/** One event as Server-Sent Events spell it; JSON has no line ends, so the data is one line. */
export function frame({ event, id, data }: Frame): string {
  return `event: ${event}\nid: ${id}\ndata: ${JSON.stringify(data)}\n\n`;
}
