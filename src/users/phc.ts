export type Cost = { memoryKib: number; passes: number; lanes: number };

/** A password hash with all that is needed to compute it again. */
export type Phc = { cost: Cost; salt: Buffer; tag: Buffer };

const form = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)$/;

/** Writes it as the PHC string format has it. */
export function formatPhc({ cost: { memoryKib, passes, lanes }, salt, tag }: Phc): string {
  const parameters = `m=${memoryKib},t=${passes},p=${lanes}`;
  return `$argon2id$v=19$${parameters}$${unpadded(salt)}$${unpadded(tag)}`;
}

export function parsePhc(text: string): Phc {
  const [, memoryKib, passes, lanes, salt = '', tag = ''] = form.exec(text) ?? [];
  // Not a refusal: nothing but this program writes these.
  if (tag === '') throw new Error('a stored password hash cannot be read');
  return {
    cost: { memoryKib: Number(memoryKib), passes: Number(passes), lanes: Number(lanes) },
    salt: Buffer.from(salt, 'base64'),
    tag: Buffer.from(tag, 'base64'),
  };
}

function unpadded(bytes: Buffer): string {
  return bytes.toString('base64').replace(/=+$/, '');
}
