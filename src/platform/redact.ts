const censor = '[redacted]';
const named = '[\\w-]{0,30}(?:password|passwd|token|secret|cookie)|key|api-?key|authorization';

/** Of most lines nothing more is known to be looked at than this. */
const hint = /passw|token|secret|cookie|key|authorization|bz[kr]_|eyJ|bearer|basic|@/i;
const secretName = new RegExp(`^(?:${named}|bazarSession)$`, 'i');

/**
 * What secrets look like in a text, and what is said instead. What one has matched the next try does
 * not match again, so that nobody can make a line that takes long to read.
 */
const forms: readonly (readonly [form: RegExp, instead: string])[] = [
  // JSON that somebody quotes: "password":"…".
  [new RegExp(`("(?:${named})"\\s{0,9}:\\s{0,9}")(?:[^"\\\\]|\\\\.)*`, 'gi'), `$1${censor}`],
  // API keys and refresh tokens of ours, access tokens, and whatever else follows its scheme.
  [/\b(bz[kr]_)[\w.-]+/g, `$1${censor}`],
  [/\beyJ[\w-]{8,}(?:\.[\w-]+)*/g, censor],
  [/\b(Bearer|Basic) [\w.~+/=-]{8,}/gi, `$1 ${censor}`],
  [/\b((?:key|password|token|bazar_session)=)[^\s&;,"]+/gi, `$1${censor}`],
];

const addressForm = /\/\/[^\s"]+/g;

/** A line of the log without the secrets in it, whoever has put them there. */
export function redact(line: string): string {
  return hint.test(line) ? `${JSON.stringify(JSON.parse(line), withoutSecret)}\n` : line;
}

function withoutSecret(name: string, value: unknown): unknown {
  if (typeof value !== 'string') return value;
  if (secretName.test(name)) return censor;
  const text = value.replaceAll(addressForm, withoutPassword);
  return forms.reduce((rest, [form, instead]) => rest.replace(form, instead), text);
}

/** From the first colon to the last @: the address may be none because of what is in the password. */
function withoutPassword(address: string): string {
  const from = address.indexOf(':') + 1;
  const to = address.lastIndexOf('@');
  return from > 0 && to > from ? `${address.slice(0, from)}${censor}${address.slice(to)}` : address;
}
