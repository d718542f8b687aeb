import type { AppError } from '../../src/platform/errors.ts';

const labels: Readonly<Record<string, string>> = {
  username: 'This username',
  email: 'This e-mail address',
  name: 'This name',
  password: 'This password',
  currentPassword: 'This',
};
/** What a form means that the contract writes as a pattern. */
const forms: Readonly<Record<string, string>> = {
  username: 'A username has letters, digits, dots, dashes and underscores only.',
  email: 'This is not an e-mail address.',
};

/** What is wrong with one field. */
export function fieldError(problem: AppError | undefined, field: string): string | undefined {
  const detail = problem?.errors?.find(({ pointer }) => pointer === `/${field}`)?.detail;
  if (detail === undefined) return undefined;
  if (detail.includes('pattern') && forms[field]) return forms[field];
  return `${labels[field] ?? 'This'} ${detail}.`;
}
