const mark = Buffer.from('\nevent: fix.v1\n');
const newLine = 0x0a;
/** No message of these fixes is shorter; what lies within one need not be looked at. */
const messageBytesMin = 400;

/** Counts the messages of one stream as they come, in whatever pieces. */
export function createCounter(): (bytes: Uint8Array) => number {
  // A stream begins like a line.
  let matched = 1;
  let skip = 0;

  return (bytes) => {
    const { length } = bytes;
    let count = 0;
    let i = Math.min(skip, length);
    skip -= i;
    for (; i < length; i += 1) {
      const byte = bytes[i];
      if (byte !== mark[matched]) {
        matched = byte === newLine ? 1 : 0;
        continue;
      }
      matched += 1;
      if (matched < mark.length) continue;
      count += 1;
      matched = 0;
      skip = messageBytesMin;
      const step = Math.min(skip, length - i - 1);
      i += step;
      skip -= step;
    }
    return count;
  };
}
