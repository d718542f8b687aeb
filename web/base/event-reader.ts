export type ServerEvent = { type: string | undefined; id: string | undefined; data: string };

/** So much without the end of an event is none of Bazar's. */
const waitingCharsMax = 16 * 1024 * 1024;
const end = '\n\n';

/** Takes Server-Sent Events apart, in whichever pieces they come. */
export function createEventReader(told: (event: ServerEvent) => void): (text: string) => void {
  let waiting = '';
  return (text) => {
    // The end may be cut in two; what was looked through before is not looked through again.
    let from = Math.max(0, waiting.length - 1);
    let begin = 0;
    waiting += text;
    for (let at = waiting.indexOf(end, from); at >= 0; at = waiting.indexOf(end, from)) {
      told(eventOf(waiting.slice(begin, at)));
      begin = at + end.length;
      from = begin;
    }
    waiting = waiting.slice(begin);
    if (waiting.length > waitingCharsMax) throw new Error('An event is too long');
  };
}

/** A comment has neither type nor data, but may come with an id. */
function eventOf(block: string): ServerEvent {
  const fields = new Map<string, string>();
  for (const line of block.split('\n')) {
    const colon = line.indexOf(':');
    if (colon > 0) fields.set(line.slice(0, colon), line.slice(colon + 1).replace(/^ /, ''));
  }
  return { type: fields.get('event'), id: fields.get('id'), data: fields.get('data') ?? '' };
}
